// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomClient
import TOMLKit

extension Setting {
    /// The value of this setting that a file gives.
    ///
    /// - Throws: ``ConfigurationError`` whose message continues the name of the setting.
    func value(of node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> Value {
        switch kind {
        case .text: .text(try text(node))
        case .path: .text(try path(node))
        case .texts: .list(try texts(node, as: "text in quotes, or a list of such texts", isOptional: true))
        case .paths(let isOptional): .list(try paths(node, isOptional: isOptional))
        case .command: .list(try command(node))
        case .choice(let words): .text(try choice(node, words))
        case .mode: .text(try mode(node))
        case .integer(let range, let unit): .integer(try integer(node, range, unit))
        case .pathOrNone: .text(try path(node, mayBeEmpty: true))
        case .users: .list(try names(node, of: "user"))
        case .groups: .list(try names(node, of: "group"))
        case .secondsOr(let range, let words): try time(node, range, words)
        case .sessionKey: .text(try sessionKey(node))
        case .savePath: .text(try savePath(node))
        case .networks: .list(try networks(node))
        }
    }

    func wrongType(_ expected: String, _ node: (any TOMLValueConvertible)?) -> ConfigurationError {
        ConfigurationError(.type, "must be \(expected), found \(ConfigurationParser.described(node))")
    }

    private func text(
        _ node: (any TOMLValueConvertible)?,
        as expected: String = "text in quotes"
    ) throws(ConfigurationError) -> String {
        guard let text = node?.string else { throw wrongType(expected, node) }
        return text
    }

    private func path(
        _ node: (any TOMLValueConvertible)?,
        mayBeEmpty: Bool = false
    ) throws(ConfigurationError) -> String {
        let path = try text(node, as: "a path in quotes")
        guard path.hasPrefix("/") || (path.isEmpty && mayBeEmpty) else {
            throw ConfigurationError(
                .value,
                "must be an absolute path (starting with /), found \(Value.text(path).rendered)"
            )
        }
        return path
    }

    private func sessionKey(_ node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> String {
        let path = try text(node, as: "a key of $_SESSION in quotes")
        let isPath = path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        guard path.isEmpty || isPath, path.utf8.count <= 255 else {
            throw ConfigurationError(
                .value,
                "must be a key of $_SESSION, or several with dots between, of 255 bytes at most, found "
                    + Value.text(path).rendered
            )
        }
        return path
    }

    /// What PHP's `files` handler takes: the path of a directory, and in front of it how many directories deep files lie, and a mode.
    private func savePath(_ node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> String {
        let text = try text(node, as: "a directory in quotes")
        if text.isEmpty { return text }
        guard let path = SavePath(text)?.directory, path.hasPrefix("/"), text.utf8.count <= 255,
            path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw ConfigurationError(
                .value,
                "must be a directory as in PHP's session.save_path: \"/path\", \"N;/path\" or \"N;MODE;/path\" with an absolute path, "
                    + "N from 0 to 9 and MODE in octal digits, 255 bytes at most, found " + Value.text(text).rendered
            )
        }
        return text
    }

    private func choice(_ node: (any TOMLValueConvertible)?, _ words: [String]) throws(ConfigurationError) -> String {
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let word = try text(node, as: "one of \(list)")
        guard words.contains(word) else {
            throw ConfigurationError(.value, "must be one of \(list), found \(Value.text(word).rendered)")
        }
        return word
    }

    private func mode(_ node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> String {
        // A TOML integer would be ambiguous: 0660 is not one, 660 is decimal.
        let expected = "octal digits in quotes, such as \"0660\""
        let digits = try text(node, as: expected)
        guard let mode = UInt32(digits, radix: 8), digits.first != "+", mode <= 0o777 else {
            throw ConfigurationError(
                .value,
                "must be \(expected), between \"0\" and \"0777\", found \(Value.text(digits).rendered)"
            )
        }
        return digits
    }

    private func integer(
        _ node: (any TOMLValueConvertible)?,
        _ range: ClosedRange<Int>,
        _ unit: String
    ) throws(ConfigurationError) -> Int {
        guard let number = node?.int else {
            throw wrongType("a whole number" + (unit.isEmpty ? "" : " (\(unit))"), node)
        }
        guard range.contains(number) else {
            let suffix = unit.isEmpty ? "" : " \(unit)"
            throw ConfigurationError(
                .value,
                "must be between \(range.lowerBound) and \(range.upperBound)\(suffix), found \(number)"
            )
        }
        return number
    }

    private func time(
        _ node: (any TOMLValueConvertible)?,
        _ range: ClosedRange<Int>,
        _ words: [String]
    ) throws(ConfigurationError) -> Value {
        if node?.int != nil { return .integer(try integer(node, range, "seconds")) }
        let list = words.map { "\"\($0)\"" }.joined(separator: " or ")
        let word = try text(node, as: "a whole number of seconds, or \(list)")
        guard words.contains(word) else {
            throw ConfigurationError(
                .value,
                "must be a whole number of seconds, or \(list), found \(Value.text(word).rendered)"
            )
        }
        return .text(word)
    }

    private func networks(_ node: (any TOMLValueConvertible)?) throws(ConfigurationError) -> [String] {
        guard let array = node?.array else { throw wrongType("a list of networks", node) }
        var networks: [String] = []
        for item in array {
            guard let text = item.string, AddressPrefix(text) != nil else {
                let found = item.string.map { Value.text($0).rendered } ?? ConfigurationParser.described(item)
                throw ConfigurationError(
                    .value,
                    "must be a list of networks such as \"192.0.2.0/24\" or \"2001:db8::/32\", found \(found) in it"
                )
            }
            networks.append(text)
        }
        return networks
    }

    private func names(
        _ node: (any TOMLValueConvertible)?,
        of what: String
    ) throws(ConfigurationError) -> [String] {
        let expected = "a list of \(what) names"
        guard let array = node?.array else { throw wrongType("\(expected) and numeric \(what) ids", node) }
        var names: [String] = []
        for item in array {
            if let name = item.string, !name.isEmpty {
                names.append(name)
            } else if let number = item.int, UInt32(exactly: number) != nil {
                names.append(String(number))
            } else {
                throw ConfigurationError(
                    .type,
                    "must be \(expected) in quotes and numeric \(what) ids, found \(ConfigurationParser.described(item)) in it"
                )
            }
        }
        return names
    }
}
