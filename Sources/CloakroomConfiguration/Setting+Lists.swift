// SPDX-License-Identifier: Apache-2.0

import TOMLKit

/// Values that may be lists of texts. Their errors do not show what was found: somebody may have put the key itself there.
extension Setting {
    func paths(_ node: (any TOMLValueConvertible)?, isOptional: Bool) throws(ConfigurationError) -> [String] {
        let paths = try texts(node, as: "a path in quotes, or a list of such paths", isOptional: isOptional)
        guard paths.allSatisfy({ $0.hasPrefix("/") }) else {
            throw ConfigurationError(.value, "must be an absolute path (starting with /), or a list of such paths")
        }
        return paths
    }

    /// - Parameter isOptional: whether an empty text or list is allowed, for none.
    func texts(
        _ node: (any TOMLValueConvertible)?,
        as expected: String,
        isOptional: Bool
    ) throws(ConfigurationError) -> [String] {
        if let text = node?.string {
            if text.isEmpty, isOptional { return [] }
            return [text]
        }
        guard let array = node?.array else { throw wrongType(expected, node) }
        let texts = try items(of: array, expected)
        guard isOptional || !texts.isEmpty else { throw ConfigurationError(.value, "must not be an empty list") }
        guard !texts.contains("") else {
            throw ConfigurationError(.value, "must be \(expected), found an empty text in it")
        }
        return texts
    }

    func command(_ node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> [String] {
        let expected = "a list of texts, such as [\"/usr/bin/gpg\", \"--decrypt\", \"FILE\"]"
        guard let array = node?.array else {
            let reason =
                node?.string == nil ? "" : "; no shell takes the command apart, so write each argument as a text"
            throw ConfigurationError(.type, wrongType(expected, node).message + reason)
        }
        let arguments = try items(of: array, expected)
        guard let program = arguments.first else { return [] }
        guard program.hasPrefix("/") else {
            throw ConfigurationError(.value, "must begin with the absolute path of a program (starting with /)")
        }
        return arguments
    }

    private func items(of array: TOMLArray, _ expected: String) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for item in array {
            guard let text = item.string else {
                throw ConfigurationError(
                    .type,
                    "must be \(expected), found \(ConfigurationParser.described(item)) in it"
                )
            }
            // Where the system is told the text, it would end there.
            guard !text.utf8.contains(0) else {
                throw ConfigurationError(.value, "must be \(expected), found a NUL character in it")
            }
            texts.append(text)
        }
        return texts
    }
}
