// SPDX-License-Identifier: Apache-2.0

/// Moves over TOML text and counts lines. Every step moves on, also over text that is not TOML, so that it always ends.
struct TOMLScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var line = 1

    init(text: String) { scalars = Array(text.unicodeScalars) }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < scalars.count {
            if scalars[index] == "\n" { line += 1 }
            index += 1
        }
    }

    mutating func skipSpaces() {
        while let scalar = at(0), scalar == " " || scalar == "\t" { advance() }
    }

    mutating func skipLine() {
        while let scalar = at(0), scalar != "\n" { advance() }
    }

    /// Returns false at the end of the text.
    mutating func skipBlanksAndComments() -> Bool {
        while let scalar = at(0) {
            switch scalar {
            case " ", "\t", "\r", "\n", "\u{FEFF}": advance()
            case "#": skipLine()
            default: return true
            }
        }
        return false
    }

    /// Takes the character when it is the next one, after spaces.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard at(0) == scalar else { return false }
        advance()
        return true
    }

    /// Whether a key can begin here, after spaces.
    mutating func isAtKey() -> Bool {
        skipSpaces()
        guard let scalar = at(0) else { return false }
        return Self.isBareKey(scalar) || scalar == "\"" || scalar == "'"
    }

    /// Takes a dotted key.
    mutating func keyPath() -> [String] {
        var path: [String] = []
        repeat {
            skipSpaces()
            path.append(keyPart())
        } while take(".")
        return path
    }

    private mutating func keyPart() -> String {
        let start = index
        if let quote = at(0), quote == "\"" || quote == "'" {
            advance()
            return quoted(by: quote)
        }
        while let scalar = at(0), Self.isBareKey(scalar) { advance() }
        if index == start { advance() }
        return String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private static func isBareKey(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }

    private mutating func quoted(by quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        while let scalar = at(0), scalar != "\n" {
            advance()
            if scalar == quote { break }
            if scalar == "\\", quote == "\"", let unescaped = escape() {
                result.append(unescaped)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let kind = at(0) else { return nil }
        advance()
        switch kind {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "u", "U":
            let digits = kind == "u" ? 4 : 8
            let end = min(index + digits, scalars.count)
            let code = UInt32(String(String.UnicodeScalarView(scalars[index..<end])), radix: 16)
            advance(end - index)
            return code.flatMap(Unicode.Scalar.init)
        default: return kind
        }
    }

    /// Skips a string of any of the four forms. Returns false when none is next.
    mutating func skipString() -> Bool {
        guard let quote = at(0), quote == "\"" || quote == "'" else { return false }
        let isLong = at(1) == quote && at(2) == quote
        advance(isLong ? 3 : 1)
        while let scalar = at(0) {
            if scalar == "\\", quote == "\"" {
                advance(2)
            } else if scalar == quote, !isLong || (at(1) == quote && at(2) == quote) {
                advance(isLong ? 3 : 1)
                // A long string may end in one or two quotes of its own.
                while isLong, at(0) == quote { advance() }
                return true
            } else {
                advance()
            }
        }
        return true
    }

    /// Skips a number, a boolean or a date.
    mutating func skipBareValue() {
        let start = index
        while let scalar = at(0), !",]}#\n".unicodeScalars.contains(scalar) { advance() }
        if index == start { advance() }
    }
}
