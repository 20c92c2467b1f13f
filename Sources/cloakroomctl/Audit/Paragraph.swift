// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

/// Text in lines that fit the terminal.
struct Paragraph {
    /// Narrower lines are hard to read.
    private static let least = 40
    /// So are longer ones.
    private static let most = 120

    private let columns: Int

    init(columns: Int) { self.columns = min(max(columns, Self.least), Self.most) }

    func print(_ text: some StringProtocol, indent: Int) { lines(text, indent: indent).forEach(Output.line) }

    /// The lines; a word that is too long has one to itself. A setting, `NAME = VALUE`, is one line, so that it can be copied.
    func lines(_ text: some StringProtocol, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let text = PlainText.visible(String(text))
        if Self.isSetting(text) { return [space + text] }
        var lines: [String] = []
        var line = space
        for word in text.split(separator: " ") {
            if line.count > indent, line.count + 1 + word.count > columns {
                lines.append(line)
                line = space
            }
            line += (line.count > indent ? " " : "") + word
        }
        return lines + [line]
    }

    private static func isSetting(_ text: String) -> Bool {
        let words = text.split(separator: " ", maxSplits: 2)
        return words.count > 1 && words[1] == "=" || words.first?.dropFirst().contains("=") == true
    }
}
