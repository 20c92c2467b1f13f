// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A clock that does not jump: it begins with a time and goes on by what has elapsed, whatever the wall clock is set to
/// meanwhile. So a session lives as long as it should, neither longer nor shorter.
///
/// The daemon that is started next takes over: exactly, when the machine was not restarted in between; otherwise with the wall
/// clock, which alone knows how long the machine was off, but with no time earlier than the last one that was stored.
public final class SteadyClock: SessionClock {
    /// How a clock came by its time.
    enum Start: Hashable, Sendable {
        /// From the wall clock, as there is no reading.
        case fresh
        /// From a reading in the same run of the machine, and by what has elapsed since.
        case continued
        /// From the wall clock or from the last reading, whichever is later, as the machine was restarted.
        case resumed
        /// From the wall clock, as the reading is too far ahead of it; so far.
        case reset(ahead: Duration)
    }

    /// How far a reading of another run of the machine may be ahead of the wall clock, in microseconds: a year. Such a reading is
    /// not of a clock that was set an hour or a day wrong, but of a machine that had no time at all.
    static let greatestLead: UInt64 = 366 * 86_400 * 1_000_000

    private let sources: TimeSources
    // What is to be added to what has elapsed. Changed before anybody else has the clock.
    private let offset = Atomic<UInt64>(0)

    /// A clock that stands near 1970, when nothing has expired, until it is started: see ``ClockKeeper/start()``.
    public init(_ sources: TimeSources = .system) { self.sources = sources }

    /// Microseconds since 1970-01-01 UTC, by this clock.
    public func microseconds() -> UInt64 { sources.elapsed() &+ offset.load(ordering: .relaxed) }

    /// Begins with a time that follows from the wall clock and from what an earlier clock showed.
    func start(after last: ClockReading?) -> Start {
        let (wall, elapsed) = (sources.wall(), sources.elapsed())
        guard let last else {
            set(wall, elapsed)
            return .fresh
        }
        // A machine that was set back to an earlier state has elapsed less than it had.
        if let boot = sources.boot, last.boot == boot, elapsed >= last.elapsed {
            set(last.time + (elapsed - last.elapsed), elapsed)
            return .continued
        }
        guard last.time <= wall || last.time - wall <= Self.greatestLead else {
            set(wall, elapsed)
            return .reset(ahead: .microseconds(last.time - wall))
        }
        set(max(wall, last.time), elapsed)
        return .resumed
    }

    /// What it shows now, for the clock that comes after it.
    var reading: ClockReading {
        let elapsed = sources.elapsed()
        return ClockReading(
            time: elapsed &+ offset.load(ordering: .relaxed),
            elapsed: elapsed,
            boot: sources.boot
        )
    }

    /// How far it is ahead of the wall clock; negative when it is behind.
    public var lead: Duration {
        let wall = sources.wall()
        return .microseconds(Int64(clamping: microseconds())) - .microseconds(Int64(clamping: wall))
    }

    private func set(_ time: UInt64, _ elapsed: UInt64) { offset.store(time &- elapsed, ordering: .relaxed) }
}
