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

    func print(_ text: String, indent: Int) { lines(text, indent: indent).forEach(Output.line) }

    /// The lines; a word that is too long has one to itself, so that commands and paths can be copied.
    func lines(_ text: String, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = space
        for word in PlainText.visible(text).split(separator: " ") {
            if line.count > indent, line.count + 1 + word.count > columns {
                lines.append(line)
                line = space
            }
            line += (line.count > indent ? " " : "") + word
        }
        return lines + [line]
    }
}
