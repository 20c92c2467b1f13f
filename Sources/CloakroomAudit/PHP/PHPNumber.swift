// SPDX-License-Identifier: Apache-2.0

/// Numbers as PHP has them in settings: `1440`, `1K`, `2M` (PHP manual, "Shorthand byte values").
enum PHPNumber {
    /// The number; `nil`: the text begins with none.
    static func value(_ text: String) -> Int? {
        let text = text.trimmingSpaces
        let digits = text.prefix { $0 == "-" || $0 == "+" || ("0"..."9").contains($0) }
        guard let number = Int(digits) else { return nil }
        let shift =
            switch text.last?.lowercased() {
            case "k": 10
            case "m": 20
            case "g": 30
            default: 0
            }
        let (value, isTooLarge) = number.multipliedReportingOverflow(by: 1 << shift)
        return isTooLarge ? .max : value
    }
}
