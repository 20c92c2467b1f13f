// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A time as it stands in the names of backups: `2026-11-28T19-30-00Z`, so that they are in order by the alphabet and every file system
/// takes them.
public struct UTCTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 UTC.
    public let seconds: Int

    /// The last second of the year 9999, after which a name would have another form.
    static let latest = 253_402_300_799

    /// Takes seconds since 1970-01-01 UTC, at most those of the year 9999.
    public init(seconds: UInt64) { self.seconds = min(Int(clamping: seconds), Self.latest) }

    /// The time now.
    public static var now: UTCTime { UTCTime(seconds: UInt64(clamping: time(nil))) }

    /// Reads a name, or answers `nil` for what is none.
    public init?(name: String) {
        let bytes = Array(name.utf8)
        guard bytes.count == 20 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            let digits = bytes[range]
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        let seconds = timegm(&parts)
        guard seconds >= 0 else { return nil }
        self.init(seconds: UInt64(seconds))
        // So 31 February, and other characters than those of a name, are none.
        guard self.name == name else { return nil }
    }

    /// As a name.
    public var name: String { text(time: "-", end: "Z") }

    /// As people read it: `2026-11-28 19:30:00 UTC`.
    public var humanText: String { text(separator: " ", time: ":", end: " UTC") }

    /// So many seconds later.
    func advanced(by seconds: Int) -> UTCTime { UTCTime(seconds: UInt64(clamping: self.seconds + seconds)) }

    /// Earlier times come first.
    public static func < (left: UTCTime, right: UTCTime) -> Bool { left.seconds < right.seconds }

    private func text(separator: String = "T", time colon: String, end: String) -> String {
        var (time, parts) = (time_t(seconds), tm())
        gmtime_r(&time, &parts)
        let pad = { (number: Int32, width: Int) in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [pad(parts.tm_year + 1900, 4), pad(parts.tm_mon + 1, 2), pad(parts.tm_mday, 2)]
        let clock = [pad(parts.tm_hour, 2), pad(parts.tm_min, 2), pad(parts.tm_sec, 2)]
        return date.joined(separator: "-") + separator + clock.joined(separator: colon) + end
    }
}
