// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// All commands at a glance, by what somebody wants to do.
enum Overview {
    private static let columns = 80

    /// The answer to `help`, `--help` and `-h` without a command; `nil`: that is not asked.
    static func text(for arguments: some Collection<String>) -> String? {
        guard arguments.count == 1, let word = arguments.first, ["help", "--help", "-h"].contains(word) else {
            return nil
        }
        let options = [("--version", "Show the version."), ("-h, --help", "Show this help.")]
        let list = [list("Options", options), wrapped(Cloakroomctl.configuration.discussion)]
        return "\(Cloakroomctl.configuration.abstract)\n\n\(commands)\n\(list.joined(separator: "\n"))\n\(end)"
    }

    /// The answer to no command at all.
    static var text: String { "\(Cloakroomctl.configuration.abstract)\n\n\(commands)\n\(end)" }

    private static var commands: String {
        let configuration = Cloakroomctl.configuration
        var groups = configuration.groupedSubcommands.map { ($0.name, $0.subcommands) }
        groups.append(("Others", configuration.ungroupedSubcommands))
        let lists = groups.compactMap { name, commands -> String? in
            let shown = commands.filter { $0.configuration.shouldDisplay }
            return shown.isEmpty ? nil : list(name, shown.map { ($0.name, $0.configuration.abstract) })
        }
        return "Usage: \(Cloakroomctl.name) <command> [<option> ...]\n\n\(lists.joined(separator: "\n"))"
    }

    private static let end = wrapped(
        "\"cloakroomctl help <command>\" explains one of them, and so does its manual page, such as "
            + "\"man cloakroomctl-keys\"; \"man cloakroomctl\" has the rest."
    )

    private static func list(_ title: String, _ entries: [(name: String, text: String)]) -> String {
        let indent = max(12, 4 + (entries.map(\.name.count).max() ?? 0))
        let lines = entries.map { name, text in
            let words = wrapped(text, to: columns - indent).split(separator: "\n")
            let first = "  " + name + String(repeating: " ", count: max(1, indent - 2 - name.count))
            return first + words.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n"
        }
        return "\(title):\n\(lines.joined())"
    }

    /// With lines of so many characters at most. Lines that are indented stay as they are.
    private static func wrapped(_ text: String, to columns: Int = columns) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.hasPrefix(" ") else { return line + "\n" }
            var result = ""
            var length = 0
            for word in line.split(separator: " ") {
                let breaks = length > 0 && length + 1 + word.count > columns
                result += length == 0 ? "\(word)" : breaks ? "\n\(word)" : " \(word)"
                length = length == 0 || breaks ? word.count : length + 1 + word.count
            }
            return result + "\n"
        }.joined()
    }
}

extension ParsableCommand {
    /// What it is called on the command line.
    static var name: String { configuration.commandName ?? _commandName }
}
