// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The command line of a program, as the program itself describes it. Read apart from how the pages are made.
struct CommandTree {
    struct Option {
        /// `--json`, or the name of a value.
        let names: [String]
        let isPositional: Bool
        let help: String
    }

    /// The words after the program's name.
    let words: [String]
    let abstract: String
    let discussion: String
    let options: [Option]
    let below: [CommandTree]

    /// Every command, this one first.
    var all: [CommandTree] { [self] + below.flatMap(\.all) }
    /// Those that do something.
    var leaves: [CommandTree] { all.filter(\.below.isEmpty) }

    init(of program: String) throws {
        let dump = try Tool.run(Tool.path(of: program), ["--experimental-dump-help"])
        let object = try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any]
        try self.init(#require(object?["command"] as? [String: Any]), [])
    }

    private init(_ object: [String: Any], _ words: [String]) throws {
        self.words = words
        abstract = object["abstract"] as? String ?? ""
        discussion = object["discussion"] as? String ?? ""
        options = (object["arguments"] as? [[String: Any]] ?? []).compactMap { argument in
            guard argument["shouldDisplay"] as? Bool == true else { return nil }
            let isPositional = argument["kind"] as? String == "positional"
            let names = (argument["names"] as? [[String: Any]] ?? []).map { name in
                (name["kind"] as? String == "long" ? "--" : "-") + (name["name"] as? String ?? "")
            }
            return Option(
                names: isPositional ? [argument["valueName"] as? String ?? ""] : names,
                isPositional: isPositional,
                help: argument["abstract"] as? String ?? ""
            )
        }
        below = try (object["subcommands"] as? [[String: Any]] ?? []).compactMap { command in
            let name = try #require(command["commandName"] as? String)
            guard command["shouldDisplay"] as? Bool == true, name != "help" else { return nil }
            return try CommandTree(command, words + [name])
        }
    }
}
