// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

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
            let near = names.map { (name: $0, distance: distance($0, argument)) }.min { $0.distance < $1.distance }
            guard let near, near.distance <= 2 else { return "the commands here are \(names.joined(separator: ", "))" }
            return "did you mean \"\(near.name)\"?"
        }
        return nil
    }

    /// How many letters have to be put in, taken out, replaced or exchanged with their neighbour.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var rows = [Array(0...right.count)]
        for row in 1...max(left.count, 1) where !left.isEmpty {
            var next = [row]
            for column in 1...max(right.count, 1) where !right.isEmpty {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(rows[row - 1][column] + 1, next[column - 1] + 1, rows[row - 1][column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, rows[row - 2][column - 2] + 1)
                }
                next.append(best)
            }
            rows.append(next)
        }
        return rows[rows.count - 1][right.count]
    }
}
