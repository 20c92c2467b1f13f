// SPDX-License-Identifier: Apache-2.0

/// Text of ArgumentParser, which wraps everything but the line that shows how a command is used.
enum UsageText {
    private static let columns = 80
    private static let label = "Usage: "

    /// The text, with that line broken between arguments.
    static func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.lowercased().hasPrefix("\(label.lowercased())cloakroomctl") ? broken(line) : String(line)
        }.joined(separator: "\n")
    }

    private static func broken(_ line: Substring) -> String {
        var result = ""
        var length = 0
        for part in parts(of: line) {
            if length > 0, length + 1 + part.count > columns {
                result += "\n" + String(repeating: " ", count: label.count)
                length = label.count
            } else if length > 0 {
                result += " "
                length += 1
            }
            result += part
            length += part.count
        }
        return result
    }

    /// The words, where what stands in brackets is one.
    private static func parts(of line: Substring) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in line {
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            if character == " ", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }
}
