// SPDX-License-Identifier: Apache-2.0

/// The statements of an nginx configuration: words up to `;`, `{` or `}`, without comments.
enum NginxStatements {
    /// Each statement's words, and the line where it ends.
    static func split(_ text: String) -> [(words: [String], line: Int)] {
        var statements: [(words: [String], line: Int)] = []
        var words: [String] = []
        var word: String?
        var quote: Character?
        var line = 1
        var isComment = false
        var isEscaped = false
        func endWord() {
            if let word { words.append(word) }
            word = nil
        }
        for character in text {
            if character.isNewline {
                line += 1
                isComment = false
            }
            if isComment { continue }
            if isEscaped {
                // In quotes, `\n` is how settings for PHP are divided.
                word = (word ?? "") + (character == "n" ? "\n" : String(character))
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if word == nil, character == "\"" || character == "'" {
                quote = character
                word = ""
            } else if word == nil, character == "#" {
                isComment = true
            } else if ";{}".contains(character) {
                endWord()
                if !words.isEmpty { statements.append((words, line)) }
                words = []
            } else if character.isWhitespace {
                endWord()
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return statements
    }
}
