// SPDX-License-Identifier: Apache-2.0

/// What PHP's scanner of INI files makes of the text (php-src, `Zend/zend_ini_scanner.l`).
enum INIToken: Equatable {
    /// `[` at the beginning of a section.
    case section
    /// `]` at the end of a section or of a key.
    case closing
    /// The name of a setting.
    case label([UInt8])
    /// The name of a setting whose key follows: `NAME[`.
    case offset([UInt8])
    /// `=`, after which a value follows.
    case equals
    /// `true`, `on`, `yes`.
    case yes
    /// `false`, `off`, `no`, `none`, `null`.
    case no
    /// A word that may be the name of a constant.
    case constant([UInt8])
    /// Text that stands for itself.
    case text([UInt8])
    /// A part of what is between double quotes.
    case quoted([UInt8])
    /// A double quote.
    case quote
    /// `${`.
    case variableStart
    /// The name of a variable.
    case variableName([UInt8])
    /// `}`.
    case variableEnd
    /// One of `&|^~()!`.
    case `operator`(UInt8)
    /// The end of a line or of a value.
    case endOfLine
    /// The end of the file, and whatever the scanner takes for it.
    case end
}
