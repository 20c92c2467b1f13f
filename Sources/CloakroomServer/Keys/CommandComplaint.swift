// SPDX-License-Identifier: Apache-2.0

/// What may be shown of what a command wrote to its standard error.
enum CommandComplaint {
    /// The most that is shown, in characters.
    static let maximumLength = 200
    /// So many characters in a row that base64 or hexadecimal digits can have might be a part of a key.
    static let suspiciousLength = 16
    /// What stands in place of them.
    static let mark = "[…]"

    /// The beginning of it in one line, nil when there is nothing to show. Anything that could be key material is left out;
    /// of what is not text, all is.
    static func excerpt(of bytes: UnsafeRawBufferPointer) -> String? {
        guard !bytes.isEmpty else { return nil }
        guard let text = String(validating: wholeCharacters(bytes), as: UTF8.self) else {
            return "something that is not text"
        }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        var index = 0
        // What was read may end within a key. So the last part of it is looked at, and not shown.
        let end = bytes.count > readLimit ? scalars.count - min(scalars.count, tail) : scalars.count
        while index < end {
            if let after = endOfKeyCharacters(scalars, index) ?? endOfDump(scalars, index) {
                result += mark
                index = after
                continue
            }
            // A word is shown in whole, as the end of a long one would look like a short one.
            let after = endOfWord(scalars, index)
            result.unicodeScalars.append(contentsOf: scalars[index..<after].map(shown))
            index = after
            if result.count > maximumLength { break }
        }
        let line = words(result).joined(separator: " ")
        guard !line.isEmpty else { return nil }
        return line.count > maximumLength ? line.prefix(maximumLength - 1) + "…" : line
    }

    /// One mark in place of several in a row.
    private static func words(_ text: String) -> [Substring] {
        text.split(separator: " ").reduce(into: []) { words, word in
            if word != mark || words.last != word { words.append(word) }
        }
    }

    private static let readLimit = 4096
    private static let tail = 1024

    /// Without the character at the end that was read in part.
    private static func wholeCharacters(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard bytes.count > readLimit else { return bytes }
        var end = bytes.count
        while end > bytes.count - 4, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
        if end > 0, bytes[end - 1] >= 0xC0 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[..<end])
    }

    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            " "
        default: scalar
        }
    }

    private static func isKeyCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "+", "/", "=", "-", "_": true
        default: false
        }
    }

    /// Where a run of characters of base64, in either alphabet, ends that begins here, if it is long enough.
    private static func endOfKeyCharacters(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        let end = scalars[start...].firstIndex { !isKeyCharacter($0) } ?? scalars.count
        return end - start >= suspiciousLength ? end : nil
    }

    private static func endOfWord(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        let end = scalars[start...].firstIndex { !isKeyCharacter($0) } ?? scalars.count
        return max(end, start + 1)
    }

    /// Where a line ends in which hexadecimal digits end that begin here, with spaces, line ends, commas or colons between, as
    /// dumps have them. What follows them in that line may be the same as characters.
    private static func endOfDump(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        var digits = 0
        var end = start
        var index = start
        while index < scalars.count {
            let after = endOfWord(scalars, index)
            let word = scalars[index..<after]
            guard word.allSatisfy({ $0.properties.isASCIIHexDigit || $0 == "x" }) else { break }
            digits += word.count
            end = after
            index = after
            while index < scalars.count, " \t\r\n,:".unicodeScalars.contains(scalars[index]) { index += 1 }
        }
        guard digits >= suspiciousLength else { return nil }
        return scalars[end...].firstIndex(of: "\n") ?? scalars.count
    }
}
