// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere on its way to a terminal, which must not take part of it for a command.
public enum PrintableText {
    /// What is not printed as such, and what changes the direction of what follows, is replaced.
    public static func make(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result.unicodeScalars.append(isShown(scalar) ? scalar : "\u{FFFD}") }
        return result
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
