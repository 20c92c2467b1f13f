// SPDX-License-Identifier: Apache-2.0

import Testing

/// A manual page as man(1) shows it, taken apart by its indentation: 0 for sections, 3 for those below, 7 for what is in them.
struct RenderedPage {
    /// Lines below a title.
    struct Part {
        let title: String
        var lines: [Substring] = []

        /// The text without its line ends and indentation.
        var text: String { lines.joined(separator: " ").split(separator: " ").joined(separator: " ") }

        /// The words of the tag that a line is; none: it is a paragraph. What is said of it is at column 14, in the next line or,
        /// after a short tag, in the same one.
        private func tag(_ index: Int) -> [Substring] {
            let line = lines[index]
            let text = line.dropFirst(7)
            if index + 1 < lines.count, lines[index + 1].indentation == 14 { return text.split { " ,".contains($0) } }
            let words = text.prefix(7).split(separator: " ")
            return words.count == 1 && text.prefix(7).last == " " && text.dropFirst(7).first != " " ? words : []
        }

        /// What is said under a tag such as `--pool pool`, found by one of its words; `nil`: there is no such tag.
        func entry(_ word: String) -> String? {
            let starts = lines.indices.filter { lines[$0].indentation == 7 }
            guard let start = starts.first(where: { tag($0).contains(Substring(word)) }) else { return nil }
            let end = starts.first { $0 > start } ?? lines.endIndex
            return lines[start..<end].joined(separator: " ").split(separator: " ").joined(separator: " ")
        }
    }

    /// Sections, and those below them.
    private(set) var parts: [Part] = []
    /// The whole text without line ends and indentation.
    let text: String

    init(_ file: String) throws {
        // So wide that no line is broken.
        let result = try Tool.run(
            "/usr/bin/man",
            ["--nh", "--nj", "-l", "\(Tool.root)/docs/man/\(file)"],
            environment: ["MANWIDTH": "3000"]
        )
        try #require(result.status == 0 && result.errors.isEmpty, "\(file): \(result.errors)")
        for line in result.lines where !line.isEmpty {
            if line.indentation == 0 || line.indentation == 3 {
                parts.append(Part(title: line.split(separator: " ").joined(separator: " ")))
            } else if !parts.isEmpty {
                parts[parts.count - 1].lines.append(line)
            }
        }
        text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    subscript(title: String) -> Part? { parts.first { $0.title == title } }
}

extension Substring {
    fileprivate var indentation: Int { prefix { $0 == " " }.count }
}
