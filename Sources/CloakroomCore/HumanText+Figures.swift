// SPDX-License-Identifier: Apache-2.0

/// Times and shares as people read them, with two or three digits.
extension HumanText {
    /// In the largest unit of which there is one: `850 ns`, `12 µs`, `3.4 ms`, `12 s`.
    public static func latency(nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000: "\(nanoseconds) ns"
        case ..<999_500: "\(digits(Double(nanoseconds) / 1_000)) µs"
        case ..<999_500_000: "\(digits(Double(nanoseconds) / 1_000_000)) ms"
        default: "\(digits(Double(nanoseconds) / 1_000_000_000)) s"
        }
    }

    /// As ``latency(nanoseconds:)`` below two minutes, as ``duration(seconds:)`` from there on.
    public static func duration(milliseconds: UInt64) -> String {
        guard milliseconds < 120_000 else { return duration(seconds: milliseconds / 1000) }
        return milliseconds < 1000 ? "\(milliseconds) ms" : "\(digits(Double(milliseconds) / 1000)) s"
    }

    /// `99.2 %`; only what is all is 100 %.
    public static func share(_ share: Double) -> String {
        let tenths = share < 1 ? min(999, Int((share * 1000).rounded())) : 1000
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// So many in a second: `0`, `0.5`, `12`, `1.2k`.
    public static func rate(_ value: Double) -> String {
        if value < 0.05 { return "0" }
        if value < 999.5 { return digits(value) }
        return value < 999_500 ? digits(value / 1000) + "k" : digits(value / 1_000_000) + "M"
    }

    /// One decimal below 10, none from there on.
    private static func digits(_ value: Double) -> String {
        guard value < 9.95 else { return "\(Int(value.rounded()))" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
