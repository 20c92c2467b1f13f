// SPDX-License-Identifier: Apache-2.0

/// Names such as `lockedRead` in the two ways in which people see them.
enum Words {
    /// `locked read`.
    static func make(_ name: String) -> String { split(name, " ") }

    /// `locked_read`, as names in metrics are written.
    static func snakeCase(_ name: String) -> String { split(name, "_") }

    private static func split(_ name: String, _ separator: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? separator + $1.lowercased() : String($1) }
    }
}
