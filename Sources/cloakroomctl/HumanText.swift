// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Numbers and times as people read them.
enum HumanText {
    /// With a comma between thousands.
    static func number(_ value: Int) -> String {
        let digits = String(value)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digit != "-", (digits.count - index).isMultiple(of: 3), result != "-" { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `1 session`, `2 sessions`.
    static func count(_ value: Int, _ noun: String) -> String { "\(number(value)) \(noun)\(value == 1 ? "" : "s")" }

    /// In the largest unit of which there are two.
    static func duration(seconds: UInt64) -> String {
        for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(UInt64, String)]
        where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }

    /// Seconds with a tenth up to two minutes, and as ``duration(seconds:)`` from there on.
    static func duration(milliseconds: Int64) -> String {
        guard milliseconds < 120_000 else { return duration(seconds: UInt64(milliseconds / 1000)) }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }

    /// Today, as `2026-01-31`.
    static func today() -> String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        let pad = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(1900 + parts.tm_year)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))"
    }
}
