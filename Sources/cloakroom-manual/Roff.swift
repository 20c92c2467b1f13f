// SPDX-License-Identifier: Apache-2.0

/// Text in the notation of roff (groff(7), "Escape Sequences").
enum Roff {
    /// Text that is shown as it is: also quotation marks and hyphens, which people copy.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case _ where scalar.value > 0x7E:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
    static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

    /// Text with references to other pages in bold.
    static func marked(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let match = rest.firstMatch(of: #/([a-z][a-z0-9_.-]*)\(([1-8])\)/#) {
            result += escaped(rest[..<match.range.lowerBound]) + "\(bold(String(match.1)))(\(match.2))"
            rest = rest[match.range.upperBound...]
        }
        return result + escaped(rest)
    }

    /// A word, which is not taken apart at the end of a line when it is a name or an option rather than a word of a language.
    static func whole(_ escaped: Substring) -> String {
        var core = escaped
        while let last = core.last, ".,;:".contains(last) { core = core.dropLast() }
        return core.contains { "\\-_./:=[]()".contains($0) } ? "\\%\(escaped)" : String(escaped)
    }

    /// An argument of a macro.
    static func quoted(_ text: String) -> String {
        "\"\(escaped(text).replacing("\"", with: "\\(dq"))\""
    }

    /// A line of text, which must not look like a macro.
    static func line(_ escaped: String) -> String {
        (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
    }
}

extension Argument {
    /// As it stands in a list of options.
    var roff: String {
        guard kind != .positional else { return Roff.italic(valueName ?? "") }
        let names = (names ?? []).map { Roff.bold($0.text) }.joined(separator: ", ")
        return kind == .option ? "\(names) \(Roff.italic(valueName ?? ""))" : names
    }

    /// As it stands in a synopsis, on one line.
    var roffInSynopsis: String {
        let name = (names ?? []).first { $0.kind == "long" } ?? names?.first
        let value = Roff.italic(valueName ?? "")
        let text =
            switch kind {
            case .positional: value
            case .option: "\(Roff.bold(name?.text ?? ""))\\~\(value)"
            case .flag: Roff.bold(name?.text ?? "")
            }
        let repeated = isRepeating ? "\(text)\\~.\\|.\\|." : text
        return isOptional ? "[\(repeated)]" : repeated
    }
}
