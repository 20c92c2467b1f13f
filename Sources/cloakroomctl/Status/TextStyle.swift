// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How text looks on a terminal (ECMA-48, SGR). Elsewhere it is left as it is, and so it is where somebody has set `NO_COLOR`
/// (https://no-color.org).
struct TextStyle {
    /// A way to look.
    enum Look: String {
        case strong = "1"
        case good = "32"
        case alarming = "1;31"
    }

    private let isOn: Bool

    /// Text without any looks.
    static let plain = TextStyle(isOn: false)

    /// What standard output can show.
    static var ofOutput: TextStyle {
        TextStyle(isOn: isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb")
    }

    /// The text, to be shown as `look`.
    func text(_ text: String, _ look: Look) -> String {
        isOn ? "\u{1B}[\(look.rawValue)m\(text)\u{1B}[0m" : text
    }

    private static func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
}
