// SPDX-License-Identifier: Apache-2.0

/// Numbers and times as people read them.
public enum HumanText {
    /// With a comma between thousands.
    public static func number(_ value: Int) -> String {
        let digits = String(value)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digit != "-", (digits.count - index).isMultiple(of: 3), result != "-" { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `1 session`, `2 sessions`.
    public static func count(_ value: Int, _ noun: String) -> String {
        "\(number(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// In the largest unit of which there are two.
    public static func duration(seconds: UInt64) -> String {
        for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(UInt64, String)]
        where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }
}
