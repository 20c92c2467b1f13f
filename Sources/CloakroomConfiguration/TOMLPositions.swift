// SPDX-License-Identifier: Apache-2.0

/// The lines on which the keys and tables of a TOML text stand. TOMLKit checks the grammar but tells no positions, so this
/// reads the text once more, in any state; its lines are right for TOML 1.0 (toml.io/en/v1.0.0).
struct TOMLPositions {
    /// The line of the first thing over which TOMLKit's parser ends the process instead of reporting it: a table header
    /// without a name, a bracket that closes what is not open, or brackets nested too deeply. Such a text must not come to it.
    private(set) var fatalLine: Int?

    /// No setting is nested at all; this is what the stack bears with ease.
    private static let maxDepth = 100

    private var depth = 0
    private var lines: [[String]: Int] = [:]
    private var scanner: TOMLScanner

    init(text: String) {
        scanner = TOMLScanner(text: text)
        var table: [String] = []
        while scanner.skipBlanksAndComments() {
            let line = scanner.line
            if scanner.take("[") {
                _ = scanner.take("[")
                if !scanner.isAtKey() { noteFatal() }
                table = scanner.keyPath()
                record(table, line)
                scanner.skipLine()
            } else {
                pair(in: table)
            }
        }
    }

    /// The line, counted from 1, on which the key or table is named first; 1 when it is not there.
    func line(of path: [String]) -> Int { lines[path] ?? 1 }

    private mutating func noteFatal() {
        if fatalLine == nil { fatalLine = scanner.line }
    }

    private mutating func record(_ path: [String], _ line: Int) {
        for count in path.indices {
            let part = Array(path[...count])
            if lines[part] == nil { lines[part] = line }
        }
    }

    private mutating func pair(in table: [String]) {
        let line = scanner.line
        let path = table + scanner.keyPath()
        record(path, line)
        guard scanner.take("=") else { return scanner.skipLine() }
        value(at: path)
    }

    private mutating func value(at path: [String]) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maxDepth else {
            noteFatal()
            return scanner.skipLine()
        }
        scanner.skipSpaces()
        if scanner.skipString() { return }
        if scanner.take("[") {
            items(until: "]", not: "}") { $0.value(at: path) }
        } else if scanner.take("{") {
            items(until: "}", not: "]") { $0.pair(in: path) }
        } else {
            scanner.skipBareValue()
        }
    }

    private mutating func items(
        until end: Unicode.Scalar,
        not other: Unicode.Scalar,
        _ item: (inout TOMLPositions) -> Void
    ) {
        while scanner.skipBlanksAndComments() {
            if scanner.take(end) { return }
            if scanner.take(other) { noteFatal() }
            if scanner.take(",") { continue }
            item(&self)
        }
    }
}
