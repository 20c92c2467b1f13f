// SPDX-License-Identifier: Apache-2.0

/// Splits an INI file as PHP does: of all that could be next it takes the longest, and of equals the first in PHP's rules
/// (php-src 8.2, `Zend/zend_ini_scanner.l`).
struct INIScanner {
    private enum State {
        case start
        case section
        case key
        case value
        case variable
        case quotes
    }

    private let bytes: [UInt8]
    private(set) var position = 0
    private var state = State.start
    private var outer: [State] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.count > 3, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next token. At the end it is ``INIToken/end``, again and again.
    mutating func next() -> INIToken {
        while position < bytes.count {
            let token: INIToken? =
                switch state {
                case .start: nextAtStart()
                case .section, .key: nextOfName()
                case .value: nextOfValue()
                case .variable: nextOfVariable()
                case .quotes: nextInQuotes()
                }
            if let token { return token }
        }
        guard state == .value else { return .end }
        state = .start
        return .endOfLine
    }

    // MARK: where a statement begins

    private mutating func nextAtStart() -> INIToken? {
        let spaces = spaces(from: position)
        let after = position + spaces
        if let newline = newline(at: after) { return take(spaces + newline, .endOfLine) }
        if let comment = comment(at: after) { return take(spaces + comment, .endOfLine) }
        if byte(after) == .equals {
            state = .value
            return take(spaces + 1 + self.spaces(from: after + 1), .equals)
        }
        let label = run(from: position) { !Self.endLabel.contains($0) }
        guard label > 0 else {
            if spaces > 0 {
                position += spaces
                return nil
            }
            guard byte(position) == .bracket else { return stop() }
            state = .section
            return take(1, .section)
        }
        if byte(position + label) == .bracket {
            state = .key
            let name = trimmed(position, label)
            return take(label + 1 + self.spaces(from: position + label + 1), .offset(name))
        }
        if let (token, length) = keyword(at: position), length >= label { return take(length, token) }
        return take(label, .label(trimmed(position, label)))
    }

    // MARK: names of sections and keys

    private mutating func nextOfName() -> INIToken? {
        let spaces = spaces(from: position)
        let after = position + spaces
        if let raw = singleQuoted() { return raw }
        if state == .section, byte(position) == .bracketEnd {
            state = .start
            let length = 1 + self.spaces(from: position + 1)
            return take(length + (newline(at: position + length) ?? 0), .closing)
        }
        if state == .key, byte(after) == .bracketEnd {
            state = .start
            return take(spaces + 1, .closing)
        }
        if let variable = variableStart() { return variable }
        if byte(after) == .quote { return openQuotes(after: spaces) }
        guard let text = longest(escapes: true, { !Self.endName.contains($0) }), text > 0 else { return stop() }
        return constantOrText(text)
    }

    // MARK: values

    private mutating func nextOfValue() -> INIToken? {
        let spaces = spaces(from: position)
        let after = position + spaces
        if let newline = newline(at: after) {
            state = .start
            return take(spaces + newline, .endOfLine)
        }
        if let comment = comment(at: after) {
            state = .start
            return take(spaces + comment, .endOfLine)
        }
        if let variable = variableStart() { return variable }
        if byte(after) == .quote { return openQuotes(after: spaces) }
        if spaces > 0 { return take(spaces, .text(Array(bytes[position..<after]))) }
        guard let text = longest(escapes: false, { !Self.endValue.contains($0) }) else { return stop() }
        if let raw = singleQuoted() { return raw }
        if let (token, length) = keyword(at: position), length >= text { return take(length, token) }
        if text > 0 { return constantOrText(text) }
        let first = bytes[position]
        if Self.operators.contains(first) {
            return take(1 + self.spaces(from: position + 1), .operator(first))
        }
        state = .start
        return take(first == .equals ? 0 : 1, .endOfLine)
    }

    // MARK: variables and quotes

    private mutating func nextOfVariable() -> INIToken? {
        if byte(position) == .braceEnd {
            state = outer.popLast() ?? .start
            return take(1, .variableEnd)
        }
        let label = run(from: position) { !Self.endLabel.contains($0) }
        guard label > 0 else { return stop() }
        return take(label, .variableName(trimmed(position, label)))
    }

    private mutating func nextInQuotes() -> INIToken? {
        if let variable = variableStart() { return variable }
        if byte(position) == .quote {
            state = outer.popLast() ?? .start
            return take(1 + spaces(from: position + 1), .quote)
        }
        let end = endOfQuoted()
        let text = Self.unescaped(bytes[position..<end])
        return take(end - position, .quoted(text))
    }

    /// Where the text between quotes ends.
    private func endOfQuoted() -> Int {
        var next = position
        while next < bytes.count {
            switch bytes[next] {
            case .quote: return next
            case .dollar where byte(next + 1) == .brace: return next
            case .backslash:
                next += 1
                // An escaped quote; but at the end of a line it closes, as in a path of Windows.
                let isLast = next + 1 >= bytes.count || newline(at: next + 1) != nil
                if byte(next) == .quote, isLast { return next }
            default: break
            }
            next += 1
        }
        return bytes.count
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == .backslash, let escaped = rest.first {
                rest.removeFirst()
                if ![.quote, .backslash, .dollar].contains(escaped) { result.append(byte) }
                result.append(escaped)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    // MARK: parts

    private mutating func take(_ length: Int, _ token: INIToken) -> INIToken {
        position += length
        return token
    }

    private mutating func stop() -> INIToken {
        position = bytes.count
        state = .start
        return .end
    }

    private mutating func variableStart() -> INIToken? {
        guard byte(position) == .dollar, byte(position + 1) == .brace else { return nil }
        outer.append(state)
        state = .variable
        return take(2, .variableStart)
    }

    private mutating func openQuotes(after spaces: Int) -> INIToken {
        outer.append(state)
        state = .quotes
        return take(spaces + 1, .quote)
    }

    /// What single quotes enclose; `nil`: there are none, or nothing in them. Without an end, they take the rest of the file.
    private mutating func singleQuoted() -> INIToken? {
        guard byte(position) == .apostrophe else { return nil }
        let length = run(from: position + 1) { $0 != .apostrophe }
        guard position + 1 + length < bytes.count else { return stop() }
        return length == 0 ? nil : take(length + 2, .text(Array(bytes[position + 1..<position + 1 + length])))
    }

    private mutating func constantOrText(_ length: Int) -> INIToken {
        let text = Array(bytes[position..<position + length])
        let isWord = text.allSatisfy(Self.isWordByte) && text.first.map { !(48...57).contains($0) } ?? false
        return take(length, isWord ? .constant(text) : .text(text))
    }

    private func keyword(at start: Int) -> (INIToken, Int)? {
        let length = run(from: start) { (65...90).contains($0 & 0xDF) }
        guard length <= 5 else { return keyword(at: start, length: 5) }
        return keyword(at: start, length: length)
    }

    /// The longest keyword of up to that length, with the spaces after it.
    private func keyword(at start: Int, length: Int) -> (INIToken, Int)? {
        for length in stride(from: length, to: 1, by: -1) {
            let word = String(decoding: bytes[start..<start + length], as: UTF8.self).lowercased()
            let token: INIToken
            switch word {
            case "true", "on", "yes": token = .yes
            case "false", "off", "no", "none", "null": token = .no
            default: continue
            }
            return (token, length + spaces(from: start + length))
        }
        return nil
    }

    /// How far text reaches from here in which `$` takes the next byte with it, and a backslash too where it escapes; `nil`:
    /// beyond the end of the file, which PHP takes for the end.
    private func longest(escapes: Bool, _ isPlain: (UInt8) -> Bool) -> Int? {
        var reached = [position: true]
        var last = position
        var here = position
        while here <= last, here < bytes.count {
            defer { here += 1 }
            guard reached[here] == true else { continue }
            if byte(here) == .dollar, byte(here + 1) == .backslash, here + 2 == bytes.count { return nil }
            for length in steps(from: here, escapes: escapes, isPlain) {
                reached[here + length] = true
                last = max(last, here + length)
            }
            reached[here] = nil
        }
        return last - position
    }

    private func steps(from here: Int, escapes: Bool, _ isPlain: (UInt8) -> Bool) -> [Int] {
        let first = bytes[here]
        guard let second = byte(here + 1) else { return isPlain(first) ? [1] : [] }
        if first == .dollar {
            guard second != .brace, second != 0 else { return [] }
            return second == .backslash && here + 2 < bytes.count ? [2, 3] : [2]
        }
        if escapes, first == .backslash { return [2] }
        return isPlain(first) ? [1] : []
    }

    private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func run(from start: Int, while isPart: (UInt8) -> Bool) -> Int {
        var end = start
        while end < bytes.count, isPart(bytes[end]) { end += 1 }
        return end - start
    }

    private func spaces(from start: Int) -> Int { run(from: start) { $0 == .space || $0 == .tab } }

    private func newline(at index: Int) -> Int? {
        switch byte(index) {
        case .newline: 1
        case .carriageReturn: byte(index + 1) == .newline ? 2 : 1
        default: nil
        }
    }

    /// The length of a comment with the end of its line.
    private func comment(at index: Int) -> Int? {
        guard byte(index) == .semicolon else { return nil }
        let length = run(from: index) { $0 != .newline && $0 != .carriageReturn }
        return length + (newline(at: index + length) ?? 0)
    }

    private func trimmed(_ start: Int, _ length: Int) -> [UInt8] {
        var part = bytes[start..<start + length]
        while let first = part.first, first == .space || first == .tab { part.removeFirst() }
        while let last = part.last, last == .space || last == .tab { part.removeLast() }
        return Array(part)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (65...90).contains(byte & 0xDF) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static let endLabel = Set("=\n\r\t;&|^$~(){}!\"[".utf8)
    private static let endName = Set("$\n\r;\"']\\".utf8)
    private static let endValue = Set("$= \t\n\r;&|^~()!\"'\0".utf8)
    private static let operators = Set("&|^~()!".utf8)
}

extension UInt8 {
    fileprivate static let tab = UInt8(ascii: "\t")
    fileprivate static let newline = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let apostrophe = UInt8(ascii: "'")
    fileprivate static let dollar = UInt8(ascii: "$")
    fileprivate static let semicolon = UInt8(ascii: ";")
    fileprivate static let equals = UInt8(ascii: "=")
    fileprivate static let bracket = UInt8(ascii: "[")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let bracketEnd = UInt8(ascii: "]")
    fileprivate static let brace = UInt8(ascii: "{")
    fileprivate static let braceEnd = UInt8(ascii: "}")
}
