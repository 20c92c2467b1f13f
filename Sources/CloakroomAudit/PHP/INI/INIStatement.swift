// SPDX-License-Identifier: Apache-2.0

/// A statement of an INI file, with its values as PHP has them: quotes removed, constants replaced, `On` as `1`.
public struct INIStatement: Hashable, Sendable {
    /// What it says.
    public enum Kind: Hashable, Sendable {
        /// `[NAME]`
        case section(String)
        /// `NAME = VALUE`
        case entry(name: String, value: String)
        /// `NAME[KEY] = VALUE`
        case element(name: String, key: String, value: String)
        /// A name alone, which PHP ignores.
        case name(String)
    }

    /// What it says.
    public let kind: Kind
    /// The line where it begins, counted from 1.
    public let line: Int
}
