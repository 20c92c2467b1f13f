// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore

/// The command that was meant where one is misspelt, which ArgumentParser only says of options.
enum CommandSuggestion {
    /// A sentence, or `nil` when all commands are there, or none is near.
    static func text(for arguments: some Sequence<String>) -> String? {
        var command: any ParsableCommand.Type = Cloakroomctl.self
        for argument in arguments {
            let known = command.configuration.subcommands
            guard !argument.hasPrefix("-"), !known.isEmpty else { return nil }
            if let next = known.first(where: { $0.configuration.commandName == argument }) {
                command = next
                continue
            }
            let names = known.compactMap { $0.configuration.commandName }
            guard let near = NearestName.suggestion(for: argument, among: names) else {
                return "the commands here are \(names.joined(separator: ", "))"
            }
            return "did you mean \"\(near)\"?"
        }
        return nil
    }
}
