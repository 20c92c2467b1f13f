// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere, made fit to be shown.
public enum PlainText {
    private static let most = 200

    /// The text with spaces for line ends and all else that terminals may take for commands.
    public static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append(" ")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// One line of at most 200 characters.
    static func line(_ text: String) -> String {
        let words = visible(String(text.prefix(2 * most))).split(separator: " ").joined(separator: " ")
        return words.count > most ? words.prefix(most - 1) + "…" : words
    }
}
