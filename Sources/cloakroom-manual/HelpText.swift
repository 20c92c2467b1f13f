// SPDX-License-Identifier: Apache-2.0

/// The longer text of a command's help: paragraphs, indented lines, and sections under a line of capitals, such as EXAMPLES.
struct HelpText {
    enum Block {
        case paragraph(String)
        case verbatim([String])
    }

    /// What comes before the first title.
    private(set) var introduction: [Block] = []
    private(set) var sections: [(title: String, blocks: [Block])] = []

    init(_ text: String) {
        var blocks: [Block] = []
        var open = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if Self.isTitle(line) {
                close(&blocks)
                sections.append((String(line), []))
                open = false
            } else if line.allSatisfy(\.isWhitespace) {
                open = false
            } else {
                Self.add(line, to: &blocks, open)
                open = true
            }
        }
        close(&blocks)
    }

    /// The sections by their titles.
    subscript(title: String) -> [Block]? { sections.first { $0.title == title }?.blocks }

    private mutating func close(_ blocks: inout [Block]) {
        if sections.isEmpty { introduction = blocks } else { sections[sections.count - 1].blocks = blocks }
        blocks = []
    }

    private static func isTitle(_ line: Substring) -> Bool {
        line.count > 3 && line.allSatisfy { ("A"..."Z").contains($0) || $0 == " " } && !line.hasPrefix(" ")
    }

    /// - Parameter open: whether the last block may go on.
    private static func add(_ line: Substring, to blocks: inout [Block], _ open: Bool) {
        let isVerbatim = line.hasPrefix("  ")
        switch blocks.last {
        case .verbatim(let lines) where open && isVerbatim:
            blocks[blocks.count - 1] = .verbatim(lines + [String(line.dropFirst(2))])
        case .paragraph(let text) where open && !isVerbatim:
            blocks[blocks.count - 1] = .paragraph("\(text) \(line)")
        default: blocks.append(isVerbatim ? .verbatim([String(line.dropFirst(2))]) : .paragraph(String(line)))
        }
    }
}

extension [HelpText.Block] {
    /// Lines of a list that has a word and a text each, such as that of exit statuses.
    var pairs: [(word: String, text: String)] {
        flatMap { block -> [(String, String)] in
            guard case .verbatim(let lines) = block else { return [] }
            return lines.compactMap { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return parts.count == 2 ? (String(parts[0]), parts[1].drop { $0 == " " }.description) : nil
            }
        }
    }
}
