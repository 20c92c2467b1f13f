// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A manual page in the macros of man(7), as groff and mandoc read them.
struct ManualPage {
    /// When the pages were last written anew as a whole; a release sets it.
    private static let date = "2026-11-28"
    private static let columns = 78

    /// The name of its file.
    let file: String
    private(set) var text: String

    /// - Parameter summary: what it is about, in a few words without a full stop.
    init(_ name: String, section: Int, summary: String) {
        file = "\(name).\(section)"
        text = """
            .\\" SPDX-License-Identifier: Apache-2.0
            .\\" Written by cloakroom-manual ("make man"); changes belong in what that reads.
            .TH \(name.uppercased()) \(section) \(Self.date) "cloakroom \(ProductVersion.current)" "Cloakroom"

            """
        // Ragged lines: with names as long as these, justified ones have gaps.
        text += ".ad l\n"
        heading("Name")
        // On one line, and with no other escapes than these, as whatis(1) reads it.
        text += "\(Roff.escaped(name)) \\- \(Roff.escaped(summary))\n"
    }

    mutating func heading(_ title: String) { text += ".SH \(Roff.quoted(title.uppercased()))\n" }
    mutating func subheading(_ title: String) { text += ".SS \(Roff.quoted(title))\n" }

    /// How a command is called. The words of an argument stay on one line.
    mutating func synopsis(_ command: String, _ arguments: [Argument]) {
        text += ".SY \(Roff.quoted(command))\n"
        for argument in arguments { text += "\(argument.roffInSynopsis)\n" }
        text += ".YS\n"
    }

    /// Paragraphs and indented lines as they stand in a text.
    mutating func body(_ blocks: [HelpText.Block]) {
        for block in blocks {
            switch block {
            case .paragraph(let paragraph):
                // Headings begin a paragraph themselves.
                if !isAtHeading { text += ".PP\n" }
                prose(paragraph)
            case .verbatim(let lines): verbatim(lines)
            }
        }
    }

    private var isAtHeading: Bool {
        let line = text.split(separator: "\n").last ?? ""
        return line.hasPrefix(".SH") || line.hasPrefix(".SS")
    }

    /// An entry of a list: its tag, and what is said of it.
    ///
    /// - Parameter tag: with the escapes of roff.
    mutating func entry(_ tag: String, _ blocks: [HelpText.Block], facts: String? = nil) {
        text += ".TP\n\(tag)\n"
        for (index, block) in blocks.enumerated() {
            switch block {
            case .paragraph(let paragraph):
                if index > 0 { text += ".IP\n" }
                prose(paragraph)
            case .verbatim(let lines): verbatim(lines)
            }
        }
        guard let facts else { return }
        if !blocks.isEmpty { text += ".br\n" }
        prose(facts)
    }

    mutating func entry(_ tag: String, _ text: String) { entry(tag, [.paragraph(text)]) }

    private mutating func verbatim(_ lines: [String]) {
        text += ".RS 4\n.EX\n"
        for line in lines { text += Roff.line(Roff.escaped(line)) }
        text += ".EE\n.RE\n"
    }

    /// A paragraph. Sentences begin on a line of their own, as roff spaces them.
    private mutating func prose(_ paragraph: String) {
        for sentence in paragraph.sentences { lines(Roff.marked(sentence)) }
    }

    private mutating func lines(_ escaped: String) {
        var line = ""
        for word in escaped.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > Self.columns {
                text += Roff.line(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + Roff.whole(word)
        }
        text += Roff.line(line)
    }
}

extension String {
    fileprivate var sentences: [String] {
        var sentences: [String] = []
        var rest = self[...]
        while let end = rest.firstMatch(of: #/[.?!]["')]* (?=[A-Z0-9"-])/#) {
            sentences.append(String(rest[..<end.range.upperBound].dropLast()))
            rest = rest[end.range.upperBound...]
        }
        return sentences + [String(rest)]
    }
}
