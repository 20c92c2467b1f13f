// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere, made fit to be shown.
enum PlainText {
    private static let most = 200

    /// One line of at most 200 characters, without what terminals take for commands.
    static func line(_ text: some StringProtocol) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(2 * most) {
            let isControl =
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            line.unicodeScalars.append(isControl ? " " : scalar)
        }
        let words = line.split(separator: " ").joined(separator: " ")
        return words.count > most ? words.prefix(most - 1) + "…" : words
    }
}
