// SPDX-License-Identifier: Apache-2.0

/// Reads an INI file as PHP does (php-src 8.2, `Zend/zend_ini_parser.y`), statement by statement.
public struct INIParser: Sendable {
    /// How deep operators and parentheses may be nested.
    private static let mostNested = 200

    private var scanner: INIScanner
    private var token: INIToken
    private var start = 0
    private var lines: LineCounter
    private var hasFailed = false
    /// What `${NAME}` stands for: settings that were read before, then the environment. Missing ones are empty.
    public var variables: [String: String]

    /// Begins to read.
    ///
    /// - Parameter variables: what `${NAME}` stands for.
    public init(_ bytes: [UInt8], variables: [String: String] = [:]) {
        scanner = INIScanner(bytes)
        lines = LineCounter(bytes)
        self.variables = variables
        token = .end
        advance()
    }

    /// The next statement; `nil` at the end.
    ///
    /// - Throws: ``INISyntaxError``, once: PHP ignores the rest of the file.
    public mutating func next() throws(INISyntaxError) -> INIStatement? {
        while token == .endOfLine { advance() }
        guard token != .end, !hasFailed else { return nil }
        let line = lines.line(at: start)
        do {
            return INIStatement(kind: try statement(), line: line)
        } catch {
            hasFailed = true
            throw INISyntaxError(line: line)
        }
    }

    private struct Unexpected: Error {}

    private mutating func advance() {
        start = scanner.position
        token = scanner.next()
    }

    private mutating func expect(_ expected: INIToken) throws(Unexpected) {
        guard token == expected else { throw Unexpected() }
        advance()
    }

    private mutating func statement() throws(Unexpected) -> INIStatement.Kind {
        switch token {
        case .section:
            advance()
            let name = try list(hasConstants: false)
            try expect(.closing)
            return .section(Self.text(name ?? []))
        case .label(let name):
            advance()
            guard token == .equals else { return .name(Self.text(name)) }
            advance()
            return .entry(name: Self.text(name), value: Self.text(try value()))
        case .offset(let name):
            advance()
            let key = try list(hasConstants: true)
            try expect(.closing)
            try expect(.equals)
            return .element(name: Self.text(name), key: Self.text(key ?? []), value: Self.text(try value()))
        default: throw Unexpected()
        }
    }

    private mutating func value() throws(Unexpected) -> [UInt8] {
        switch token {
        case .yes:
            advance()
            return Array("1".utf8)
        case .no, .endOfLine:
            advance()
            return []
        default: return try expression(depth: 0)
        }
    }

    /// Operators between values are equal and bind from the left.
    private mutating func expression(depth: Int) throws(Unexpected) -> [UInt8] {
        var left = try operand(depth: depth)
        while case .operator(let sign) = token, "|&^".utf8.contains(sign) {
            advance()
            let right = Self.number(try operand(depth: depth))
            let number = Self.number(left)
            left = Self.digits(
                sign == UInt8(ascii: "|") ? number | right : sign == UInt8(ascii: "&") ? number & right : number ^ right
            )
        }
        return left
    }

    private mutating func operand(depth: Int) throws(Unexpected) -> [UInt8] {
        guard depth < Self.mostNested else { throw Unexpected() }
        guard case .operator(let sign) = token else {
            guard let text = try list(hasConstants: true) else { throw Unexpected() }
            return text
        }
        advance()
        switch sign {
        case UInt8(ascii: "~"): return Self.digits(~Self.number(try operand(depth: depth + 1)))
        case UInt8(ascii: "!"): return Self.digits(Self.number(try operand(depth: depth + 1)) == 0 ? 1 : 0)
        case UInt8(ascii: "("):
            let inner = try expression(depth: depth + 1)
            try expect(.operator(UInt8(ascii: ")")))
            return inner
        default: throw Unexpected()
        }
    }

    /// Texts, variables and quoted texts one after the other; `nil`: there is none.
    private mutating func list(hasConstants: Bool) throws(Unexpected) -> [UInt8]? {
        var result: [UInt8]?
        while true {
            switch token {
            case .constant(let name):
                result = (result ?? []) + (hasConstants ? PHPConstants.text(name) ?? name : name)
                advance()
            case .text(let text):
                result = (result ?? []) + text
                advance()
            case .variableStart: result = (result ?? []) + (try variable())
            case .quote: result = (result ?? []) + (try quoted())
            default: return result
            }
        }
    }

    private mutating func quoted() throws(Unexpected) -> [UInt8] {
        try expect(.quote)
        var result: [UInt8] = []
        while token != .quote {
            switch token {
            case .quoted(let text):
                result += text
                advance()
            case .variableStart: result += try variable()
            default: throw Unexpected()
            }
        }
        advance()
        return result
    }

    private mutating func variable() throws(Unexpected) -> [UInt8] {
        try expect(.variableStart)
        guard case .variableName(let name) = token else { throw Unexpected() }
        advance()
        try expect(.variableEnd)
        return Array((variables[Self.text(name)] ?? "").utf8)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A number as atoi(3) reads it.
    private static func number(_ text: [UInt8]) -> Int32 {
        var digits = text.drop { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        var result: Int64 = 0
        for digit in digits.prefix(while: { (48...57).contains($0) }) {
            let (tens, isTooLarge) = result.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(Int64(digit - 48))
            guard !isTooLarge, !overflows else {
                // strtol(3), on which atoi is made, stops at the largest.
                return isNegative ? 0 : -1
            }
            result = sum
        }
        return Int32(truncatingIfNeeded: isNegative ? -result : result)
    }

    private static func digits(_ number: Int32) -> [UInt8] { Array(String(number).utf8) }
}
