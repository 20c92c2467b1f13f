// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// HTML. What a literal says is markup, and every text that is put into one is escaped, so that none can become markup.
struct Markup: ExpressibleByStringInterpolation {
    /// The HTML.
    let text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation parts: Interpolation) { text = parts.text }

    /// Takes what is markup already.
    private init(joining parts: [Markup]) { text = parts.map(\.text).joined() }

    /// One after the other.
    static func + (left: Markup, right: Markup) -> Markup { Markup(joining: [left, right]) }

    /// How a literal is put together.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// Adds text, also in a quoted attribute.
        mutating func appendInterpolation(_ value: String) { text += Markup.escape(value) }

        /// Adds a number as people read it.
        mutating func appendInterpolation(_ value: Int) { text += HumanText.number(value) }

        /// Adds markup.
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        /// Adds markup, if there is some.
        mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }

        /// Adds markup, one after the other.
        mutating func appendInterpolation(_ markup: [Markup]) { for part in markup { text += part.text } }

        /// Adds what is for an element that has no markup in it, such as `style`, and comes with the program.
        mutating func appendInterpolation(embedded bytes: [UInt8]) { text += String(decoding: bytes, as: UTF8.self) }

        /// Adds JSON for a `script` element, which ends at the first `</script` or may not at all after `<!--`.
        mutating func appendInterpolation(json: String) { text += json.replacing("<", with: "\\u003c") }
    }

    /// What cannot be seen and what changes the direction of text is replaced as well.
    private static func escape(_ value: String) -> String {
        var result = ""
        for scalar in PrintableText.make(value).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
