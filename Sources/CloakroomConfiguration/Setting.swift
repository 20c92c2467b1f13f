// SPDX-License-Identifier: Apache-2.0

/// One setting as data: its name, what it accepts, what it is for, and where ``Configuration`` keeps it.
///
/// The parser, the suggestions for misspelt names, ``Configuration/rendered`` and the test of the commented configuration
/// file all read ``all``, so that none of them can drift from the others.
public struct Setting: Sendable {
    /// What a setting accepts.
    public enum Kind: Equatable, Sendable {
        /// Any text.
        case text
        /// An absolute path.
        case path
        /// A text or a list of texts; an empty one: none.
        case texts
        /// An absolute path or a list of them. An optional one may be empty: none.
        case paths(isOptional: Bool)
        /// A list of texts: the absolute path of a program, and its arguments; empty: none.
        case command
        /// One of these words.
        case choice([String])
        /// Permission bits as text in octal digits, such as `"0660"`.
        case mode
        /// A whole number in a range; the unit is for people, and may be empty.
        case integer(ClosedRange<Int>, unit: String)
        /// An absolute path, or nothing.
        case pathOrNone
        /// A list of user names and numeric user ids.
        case users
        /// A list of group names and numeric group ids.
        case groups
        /// A whole number of seconds in a range, or one of these words.
        case secondsOr(ClosedRange<Int>, [String])
        /// A path in `$_SESSION`: keys with dots between, 255 bytes at most; or nothing.
        case sessionKey
        /// A directory as PHP's `session.save_path` names it: a path, `N;path` or `N;MODE;path`, 255 bytes at most; or nothing.
        case savePath
        /// A list of networks, such as `"192.0.2.0/24"`.
        case networks
    }

    /// A value as it stands in the file.
    public enum Value: Equatable, Sendable {
        /// Text.
        case text(String)
        /// A whole number.
        case integer(Int)
        /// A list of texts.
        case list([String])

        /// The value in TOML.
        public var rendered: String {
            switch self {
            case .text(let text): Self.quoted(text)
            case .integer(let number): String(number)
            case .list(let items): "[" + items.map(Self.quoted).joined(separator: ", ") + "]"
            }
        }

        private static func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"", "\\": result += "\\\(scalar)"
                case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
    }

    /// The table of the file that it stands in.
    public let section: String
    /// The name in that table.
    public let key: String
    /// What it accepts.
    public let kind: Kind
    /// What it is for, in one sentence.
    public let summary: String

    package let read: @Sendable (Configuration) -> Value
    let write: @Sendable (inout Configuration, Value) -> Void

    /// Section and key, as errors and ``Configuration/explicit`` name it.
    public var name: String { "\(section).\(key)" }

    /// The value that holds when nobody says otherwise.
    public var defaultValue: Value { read(Configuration()) }
}

extension Setting {
    typealias Path<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    static func text(_ section: String, _ key: String, _ path: Path<String>, _ kind: Kind, _ summary: String) -> Setting
    {
        Setting(
            section: section,
            key: key,
            kind: kind,
            summary: summary,
            read: { .text($0[keyPath: path]) },
            write: { if case .text(let text) = $1 { $0[keyPath: path] = text } }
        )
    }

    /// What may be a list, and is written as a text when it is not a list of several.
    static func texts(
        _ section: String,
        _ key: String,
        _ path: Path<[String]>,
        _ kind: Kind,
        _ summary: String
    ) -> Setting {
        Setting(
            section: section,
            key: key,
            kind: kind,
            summary: summary,
            read: {
                let texts = $0[keyPath: path]
                return texts.count > 1 ? .list(texts) : .text(texts.first ?? "")
            },
            write: { if case .list(let texts) = $1 { $0[keyPath: path] = texts } }
        )
    }

    static func command(_ section: String, _ key: String, _ path: Path<[String]>, _ summary: String) -> Setting {
        Setting(
            section: section,
            key: key,
            kind: .command,
            summary: summary,
            read: { .list($0[keyPath: path]) },
            write: { if case .list(let arguments) = $1 { $0[keyPath: path] = arguments } }
        )
    }

    static func integer(
        _ section: String,
        _ key: String,
        _ path: Path<Int>,
        _ range: ClosedRange<Int>,
        _ unit: String,
        _ summary: String
    ) -> Setting {
        Setting(
            section: section,
            key: key,
            kind: .integer(range, unit: unit),
            summary: summary,
            read: { .integer($0[keyPath: path]) },
            write: { if case .integer(let number) = $1 { $0[keyPath: path] = number } }
        )
    }

    static func seconds(
        _ section: String,
        _ key: String,
        _ path: Path<Duration>,
        _ range: ClosedRange<Int>,
        _ summary: String
    ) -> Setting {
        Setting(
            section: section,
            key: key,
            kind: .integer(range, unit: "seconds"),
            summary: summary,
            read: { .integer(Int($0[keyPath: path].components.seconds)) },
            write: { if case .integer(let number) = $1 { $0[keyPath: path] = .seconds(number) } }
        )
    }

    /// A time that may also be a word.
    static func time(
        _ section: String,
        _ key: String,
        _ path: Path<Configuration.Time>,
        _ range: ClosedRange<Int>,
        _ words: [String],
        _ summary: String
    ) -> Setting {
        Setting(
            section: section,
            key: key,
            kind: .secondsOr(range, words),
            summary: summary,
            read: {
                switch $0[keyPath: path] {
                case .seconds(let seconds): .integer(seconds)
                case .word(let word): .text(word)
                }
            },
            write: {
                switch $1 {
                case .integer(let seconds): $0[keyPath: path] = .seconds(seconds)
                case .text(let word): $0[keyPath: path] = .word(word)
                case .list: break
                }
            }
        )
    }

    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ section: String,
        _ key: String,
        _ path: Path<Choice>,
        _ summary: String
    ) -> Setting where Choice.RawValue == String {
        Setting(
            section: section,
            key: key,
            kind: .choice(Choice.allCases.map(\.rawValue)),
            summary: summary,
            read: { .text($0[keyPath: path].rawValue) },
            write: {
                if case .text(let text) = $1, let choice = Choice(rawValue: text) { $0[keyPath: path] = choice }
            }
        )
    }
}
