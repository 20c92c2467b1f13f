// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

/// What a ``SteadyClock`` showed and when, as the store keeps it for the next one (`docs/record-format.md`).
struct ClockReading: Hashable, Sendable {
    /// The name under which the store keeps it.
    static let property = StoreProperty("clock")
    /// The end of the year 9999: a later time is none that a clock ever showed, and sums with it might not fit.
    static let latest: UInt64 = 253_402_300_799_999_999

    private static let length = 16 + BootID.length

    /// Microseconds since 1970-01-01 UTC.
    let time: UInt64
    /// ``TimeSources/elapsed`` at that time.
    let elapsed: UInt64
    /// The run of the machine; `nil` when it was not known.
    let boot: BootID?

    /// Joins what was read.
    init(time: UInt64, elapsed: UInt64, boot: BootID?) {
        self.time = time
        self.elapsed = elapsed
        self.boot = boot
    }

    /// Reads what the store has; `nil` when it is no reading.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        let words = stride(from: 0, to: Self.length, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard words[0] <= Self.latest, words[1] <= Self.latest else { return nil }
        let boot = BootID(high: words[2], low: words[3])
        self.init(time: words[0], elapsed: words[1], boot: boot == .none ? nil : boot)
    }

    /// As the store keeps it.
    var bytes: [UInt8] {
        let boot = boot ?? .none
        return [time, elapsed, boot.high, boot.low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }
}

extension BootID {
    /// What stands for a run that is not known.
    fileprivate static let none = BootID(high: 0, low: 0)
}
