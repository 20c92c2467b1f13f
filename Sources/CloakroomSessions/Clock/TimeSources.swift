// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where ``SteadyClock`` gets its time from, so that tests can tell it.
public struct TimeSources: Sendable {
    /// The wall clock, in microseconds since 1970-01-01 UTC. Whoever sets it makes it jump.
    public let wall: @Sendable () -> UInt64
    /// Microseconds since the start of the machine, with the time that it was suspended. Nobody can set it.
    public let elapsed: @Sendable () -> UInt64
    /// The run of the machine since whose start `elapsed` counts; `nil` when that is not known.
    public let boot: BootID?

    /// Joins sources.
    public init(
        wall: @escaping @Sendable () -> UInt64,
        elapsed: @escaping @Sendable () -> UInt64,
        boot: BootID?
    ) {
        self.wall = wall
        self.elapsed = elapsed
        self.boot = boot
    }

    /// The system's: `CLOCK_REALTIME` and `CLOCK_BOOTTIME` (clock_gettime(2)). Neither takes a system call (vdso(7)).
    public static var system: TimeSources {
        TimeSources(
            wall: { microseconds(of: CLOCK_REALTIME) },
            elapsed: { microseconds(of: CLOCK_BOOTTIME) },
            boot: .current
        )
    }

    /// A wall clock before 1970 is taken for 1970.
    private static func microseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(max(time.tv_sec, 0)) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
