// SPDX-License-Identifier: Apache-2.0

/// The comments of the shipped configuration file, in which every setting stands with its default.
struct CommentedConfiguration {
    /// Settings under one comment, by their keys.
    struct Group {
        let comment: [String]
        var keys: [String]
    }

    /// What is said of a section as a whole, in paragraphs, by its name.
    private(set) var introductions: [String: [String]] = [:]
    private(set) var groups: [String: [Group]] = [:]

    init(_ text: String) {
        var reader = Reader()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(line) }
        reader.endBlock()
        introductions = reader.introductions
        groups = reader.groups
    }

    private struct Reader {
        var introductions: [String: [String]] = [:]
        var groups: [String: [Group]] = [:]
        private var section = ""
        private var comment: [String] = []
        private var hasKeys = false
        private var isAfterHeader = false

        mutating func read(_ line: Substring) {
            // Only the sections of pools are commented out.
            let header = line.hasPrefix("# [pools.") ? line.dropFirst(2) : line
            if header.hasPrefix("["), header.hasSuffix("]") {
                // A comment right above it is about it, and goes on, unless it is what the last section began with.
                if isAfterHeader { endBlock() }
                isAfterHeader = true
                section = String(header.dropFirst().dropLast()).replacing("pools.shop", with: "pools.NAME")
            } else if line.isEmpty {
                endBlock()
                isAfterHeader = false
            } else if let key = Self.key(line) {
                add(key)
            } else if line == "#" {
                comment.append("")
            } else if line.hasPrefix("# ") {
                let text = String(line.dropFirst(2)).replacing("pools.shop", with: "pools.NAME")
                if let last = comment.last, !last.isEmpty {
                    comment[comment.count - 1] = "\(last) \(text)"
                } else {
                    comment.append(text)
                }
            }
        }

        mutating func endBlock() {
            let paragraphs = comment.filter { !$0.isEmpty }
            if !hasKeys, !paragraphs.isEmpty { introductions[section, default: []] += paragraphs }
            comment = []
            hasKeys = false
        }

        private mutating func add(_ key: String) {
            if hasKeys, let last = groups[section]?.indices.last {
                groups[section]?[last].keys.append(key)
            } else {
                groups[section, default: []].append(Group(comment: comment.filter { !$0.isEmpty }, keys: [key]))
            }
            hasKeys = true
        }

        /// The key of a line such as `# lock_wait = 30`.
        private static func key(_ line: Substring) -> String? {
            guard line.hasPrefix("# "), let equals = line.firstRange(of: " = ") else { return nil }
            let key = line[..<equals.lowerBound].dropFirst(2)
            return key.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } ? String(key) : nil
        }
    }
}
