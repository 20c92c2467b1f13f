// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore

/// A command line that does not say what to do: what is wrong, what was probably meant, and how the command is used.
struct UsageFailure: Error {
    /// What is wrong and what to do.
    let message: String
    /// How the command is used, in a few lines.
    let usage: String

    /// What ArgumentParser says of an error; `nil` when it is not about the command line.
    init?(_ error: any Error) {
        guard Cloakroomctl.exitCode(for: error) == .validationFailure else { return nil }
        message = Cloakroomctl.message(for: error)
        // The text begins with the message, under a name that this program does not have.
        let text = Cloakroomctl.fullMessage(for: error)
        let rest = text.firstRange(of: message).map { text[$0.upperBound...].drop(while: \.isNewline) } ?? text[...]
        usage = UsageText.wrapped(String(rest))
    }

    /// What can be said before the rest of the command line is looked at: no command, a misspelt one, or options before it.
    init?(before arguments: some Collection<String>) {
        guard !arguments.isEmpty else {
            self.init(message: "name a command", usage: Overview.text)
            return
        }
        var stack: [any ParsableCommand.Type] = [Cloakroomctl.self]
        // "help" is followed by commands only.
        let isHelp = arguments.first == "help"
        for argument in arguments.dropFirst(isHelp ? 1 : 0) {
            guard let command = stack.last else { return nil }
            let known = command.configuration.subcommands
            guard !known.isEmpty else { return nil }
            if argument.hasPrefix("-") {
                guard stack.count == 1, !isHelp, !Self.ofRoot(argument) else { return nil }
                self.init(
                    message:
                        "the option \(argument.prefix { $0 != "=" }) stands before the command: options come after it",
                    usage: Self.usage(stack)
                )
                return
            }
            guard let next = known.first(where: { $0.isCalled(argument) }) else {
                self.init(message: Self.message(on: argument, stack), usage: Self.usage(stack))
                return
            }
            stack.append(next)
        }
        return nil
    }

    /// A command that has others, and was given none of them.
    init?(of command: any ParsableCommand.Type) {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty, command.configuration.defaultSubcommand == nil else { return nil }
        let path = Self.path(to: command)
        self.init(
            message: "\"\(Self.text(path))\" needs one of its commands: \(Self.names(of: command))",
            usage: Self.usage(path)
        )
    }

    private init(message: String, usage: String) {
        self.message = message
        self.usage = usage
    }

    /// Options that stand alone, and those that ArgumentParser and the completion scripts use.
    private static func ofRoot(_ option: String) -> Bool {
        ["--version", "--help", "-h"].contains(option) || option.hasPrefix("---")
            || ["--generate-completion-script", "--experimental-dump-help"].contains { option.hasPrefix($0) }
    }

    private static func message(on word: String, _ stack: [any ParsableCommand.Type]) -> String {
        guard let command = stack.last else { return "" }
        let isRoot = stack.count == 1
        let problem = "unknown command \"\(word)\"" + (isRoot ? "" : " of \"\(text(stack))\"")
        if word == "help" { return "\(problem): write \"cloakroomctl help \(text(Array(stack.dropFirst())))\"" }
        let known = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0.name }
        if let near = NearestName.suggestion(for: word, among: known + (isRoot ? ["help"] : [])) {
            return "\(problem); did you mean \"\(near)\"?"
        }
        // Somebody may know the command, and not where it is.
        let elsewhere = Cloakroomctl.configuration.subcommands.flatMap { parent in
            parent.configuration.subcommands.filter { $0.isCalled(word) }.map { "\(parent.name) \($0.name)" }
        }
        if let first = elsewhere.first { return "\(problem); did you mean \"\(Cloakroomctl.name) \(first)\"?" }
        return "\(problem); the commands here are: \(names(of: command))"
    }

    private static func names(of command: any ParsableCommand.Type) -> String {
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0.name }.joined(
            separator: ", "
        )
    }

    private static func usage(_ stack: [any ParsableCommand.Type]) -> String {
        let rest = stack.dropFirst().map { " \($0.name)" }.joined()
        return
            "Usage: \(text(stack)) <command> [<option> ...]\n  See 'cloakroomctl help\(rest)' for more information.\n"
    }

    private static func text(_ stack: [any ParsableCommand.Type]) -> String {
        stack.map { $0.name }.joined(separator: " ")
    }

    /// The commands that lead to one.
    private static func path(to command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        func search(_ stack: [any ParsableCommand.Type]) -> [any ParsableCommand.Type]? {
            guard let last = stack.last else { return nil }
            if last == command { return stack }
            return last.configuration.subcommands.lazy.compactMap { search(stack + [$0]) }.first
        }
        return search([Cloakroomctl.self]) ?? [Cloakroomctl.self]
    }
}

extension ParsableCommand {
    fileprivate static func isCalled(_ word: String) -> Bool { name == word || configuration.aliases.contains(word) }
}
