// SPDX-License-Identifier: Apache-2.0

/// The lines on which the keys and tables of a TOML text stand. TOMLKit checks the grammar but tells no positions, so this
/// reads the text once more; it expects text that TOMLKit has accepted (TOML 1.0, toml.io/en/v1.0.0).
struct TOMLPositions {
    private var lines: [[String]: Int] = [:]
    private var scanner: TOMLScanner

    init(text: String) {
        scanner = TOMLScanner(text: text)
        var table: [String] = []
        while scanner.skipBlanksAndComments() {
            let line = scanner.line
            if scanner.take("[") {
                _ = scanner.take("[")
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
        scanner.skipSpaces()
        if scanner.skipString() { return }
        if scanner.take("[") {
            items(until: "]") { $0.value(at: path) }
        } else if scanner.take("{") {
            items(until: "}") { $0.pair(in: path) }
        } else {
            scanner.skipBareValue()
        }
    }

    private mutating func items(until end: Unicode.Scalar, _ item: (inout TOMLPositions) -> Void) {
        while scanner.skipBlanksAndComments() {
            if scanner.take(end) { return }
            if scanner.take(",") { continue }
            item(&self)
        }
    }
}
