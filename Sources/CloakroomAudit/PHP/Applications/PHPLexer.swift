// SPDX-License-Identifier: Apache-2.0

/// Words, strings and signs of PHP source, without comments and what is outside of `<?php`; enough to find calls.
struct PHPLexer {
    /// A part of the source.
    enum Token: Equatable {
        /// A name in lower case, without a namespace before it.
        case name(String)
        /// A string without variables' values.
        case string(String)
        /// `->`, `?->` or `::`.
        case arrow
        /// A sign.
        case symbol(UInt8)
        /// Anything else.
        case other
    }

    private let bytes: [UInt8]
    private var position = 0
    private var isInside = false
    /// The line of the last token, counted from 1.
    private(set) var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next one; `nil` at the end.
    mutating func next() -> Token? {
        while position < bytes.count {
            if !isInside {
                skip(to: "<?")
                if starts(with: "php") || starts(with: "PHP") { advance(3) } else if starts(with: "=") { advance(1) }
                isInside = true
                continue
            }
            if starts(with: "?>") {
                advance(2)
                isInside = false
            } else if starts(with: "/*") {
                advance(2)
                skip(to: "*/")
            } else if starts(with: "//") || starts(with: "#") && !starts(with: "#[") {
                skipLine()
            } else if isSpace(bytes[position]) {
                advance(1)
            } else {
                return token()
            }
        }
        return nil
    }

    private mutating func token() -> Token {
        let first = bytes[position]
        if isName(first) || first == UInt8(ascii: "$") { return name() }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") { return string(first) }
        if starts(with: "<<<") { return heredoc() }
        if starts(with: "->") || starts(with: "::") {
            advance(2)
            return .arrow
        }
        if starts(with: "?->") {
            advance(3)
            return .arrow
        }
        advance(1)
        return .symbol(first)
    }

    private mutating func name() -> Token {
        let isVariable = bytes[position] == UInt8(ascii: "$")
        let start = position
        advance(1)
        while position < bytes.count, isName(bytes[position]) || bytes[position] == UInt8(ascii: "\\") { advance(1) }
        guard !isVariable else { return .other }
        let text = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
        return .name(text.split(separator: "\\").last.map(String.init) ?? "")
    }

    private mutating func string(_ quote: UInt8) -> Token {
        advance(1)
        let start = position
        while position < bytes.count, bytes[position] != quote {
            advance(bytes[position] == UInt8(ascii: "\\") ? 2 : 1)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        advance(1)
        return .string(text)
    }

    /// `<<<NAME` … `NAME`
    private mutating func heredoc() -> Token {
        advance(3)
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") {
            advance(1)
        }
        let quote =
            position < bytes.count && (bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\""))
        if quote { advance(1) }
        let start = position
        while position < bytes.count, isName(bytes[position]) { advance(1) }
        let label = Array(bytes[start..<position])
        guard !label.isEmpty else { return .other }
        while position < bytes.count {
            skip(to: "\n")
            while position < bytes.count, isSpace(bytes[position]) { advance(1) }
            let end = position + label.count
            if end <= bytes.count, bytes[position..<end].elementsEqual(label), end == bytes.count || !isName(bytes[end])
            {
                advance(label.count)
                break
            }
        }
        return .string("")
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + count]) }
    }

    private mutating func advance(_ count: Int) {
        let end = min(position + count, bytes.count)
        while position < end {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func skip(to end: StaticString) {
        while position < bytes.count, !starts(with: end) { advance(1) }
        advance(end.utf8CodeUnitCount)
    }

    /// To the end of the line, or before `?>`.
    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n"), !starts(with: "?>") { advance(1) }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }

    private func isName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte >= 0x80
            || byte == UInt8(ascii: "\\")
    }
}
