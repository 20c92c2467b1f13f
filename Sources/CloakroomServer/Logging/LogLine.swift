// SPDX-License-Identifier: Apache-2.0

import Logging

/// The text of one line of the log: level, message, and `key=value` for the metadata. Whatever they contain, it is one line.
struct LogLine {
    /// Whom the line is for.
    enum Form: Equatable, Sendable {
        /// journald: a priority in front, which it takes off again (sd-daemon(3)); it adds the time itself.
        case journal
        /// A person at a terminal, who gets the time of day.
        case terminal(time: String)
    }

    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    func text(_ form: Form) -> String {
        var line =
            switch form {
            case .journal: "<\(Self.priority(of: level))>"
            case .terminal(let time): "\(time) \(level.rawValue) "
            }
        Self.append(message, to: &line, quoted: false)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " "
            Self.append(key, to: &line, quoted: false)
            line += "="
            let text = "\(value)"
            let needsQuotes = text.isEmpty || text.unicodeScalars.contains(where: Self.needsQuotes)
            if needsQuotes { line += "\"" }
            Self.append(text, to: &line, quoted: needsQuotes)
            if needsQuotes { line += "\"" }
        }
        return line + "\n"
    }

    /// Whether a value with this in it could be taken for more than one field.
    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "=" || scalar == "\"" || scalar.properties.generalCategory == .spaceSeparator
    }

    /// The priorities of syslog(3).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// Control characters, line breaks of any kind and marks that turn the direction of text around would let one value
    /// look like other lines or other values.
    private static func append(_ text: String, to line: inout String, quoted: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\"" where quoted, "\\" where quoted: line += "\\\(scalar)"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    line += "\\u{\(String(scalar.value, radix: 16))}"
                default:
                    line.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
