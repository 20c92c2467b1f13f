// SPDX-License-Identifier: Apache-2.0

/// The page of one command of `cloakroomctl` and of all below it.
struct CommandPage {
    private static let own = ["EXIT STATUS", "EXAMPLES", "FILES", "ENVIRONMENT"]

    let page: ManualPage

    init(_ command: Command, of program: Program) {
        let help = HelpText(command.discussion)
        let common = program.commonOptions
        var page = ManualPage("\(program.name)-\(command.name)", section: 8, summary: command.summary)
        page.heading("Synopsis")
        for leaf in command.leaves { page.synopsis(leaf.path, leaf.arguments.filter { !$0.isBuiltIn }) }
        page.heading("Description")
        page.body([.paragraph(command.abstract)] + help.introduction)
        for (title, blocks) in help.sections where !Self.own.contains(title) {
            page.subheading(title.titled)
            page.body(blocks)
        }
        if command.commands.isEmpty {
            page.describe(command.arguments.filter { !common.contains($0) }, under: "Options")
        } else {
            page.heading("Commands")
            for below in command.commands { Self.describe(below, common, &page) }
        }
        let shared = common.filter { option in command.leaves.contains { $0.arguments.contains(option) } }
        page.describe(shared, under: command.commands.isEmpty ? "Common options" : "Options of all commands")
        page.exitStatus(help, program)
        if shared.contains(where: { $0.names?.contains { $0.name == "socket" } == true }) {
            page.describeEnvironment()
        }
        page.section("FILES", of: help)
        page.section("EXAMPLES", of: help)
        let others = program.commands.map(\.name).filter { $0 != command.name }.map { "\(program.name)-\($0)(8)" }
        page.seeAlso(["cloakroomctl(8)", "cloakroomd(8)", "cloakroom.toml(5)"] + others)
        self.page = page
    }

    private static func describe(_ command: Command, _ common: [Argument], _ page: inout ManualPage) {
        guard command.commands.isEmpty else {
            for below in command.commands { describe(below, common, &page) }
            return
        }
        let help = HelpText(command.discussion)
        page.subheading(command.path)
        page.body([.paragraph(command.abstract)] + help.introduction)
        for (title, blocks) in help.sections {
            page.body([.paragraph("\(title.titled):")] + blocks)
        }
        page.entries(command.arguments.filter { !common.contains($0) })
    }
}

extension Command {
    /// What it does, as the first section of a page has it.
    var summary: String {
        let text = abstract.hasSuffix(".") ? abstract.dropLast() : abstract[...]
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension String {
    /// A title in capitals as one of a lower rank.
    fileprivate var titled: String { prefix(1) + dropFirst().lowercased() }
}

extension Argument {
    /// Whether every command has it without saying so.
    var isBuiltIn: Bool { names?.contains { $0.text == "--help" || $0.text == "--version" } == true }
}

extension ManualPage {
    /// A section with a list of arguments and options, if there are any.
    mutating func describe(_ arguments: [Argument], under title: String) {
        guard !arguments.isEmpty else { return }
        heading(title)
        entries(arguments)
    }

    mutating func entries(_ arguments: [Argument]) {
        for argument in arguments {
            var blocks = [HelpText.Block.paragraph(argument.abstract ?? "")]
            if let discussion = argument.discussion { blocks += HelpText(discussion).introduction }
            entry(argument.roff, blocks, facts: argument.facts)
        }
    }

    /// What the process ends with: as the command says, else as the program.
    mutating func exitStatus(_ help: HelpText, _ program: Program) {
        let title = "EXIT STATUS"
        guard let blocks = help[title] ?? HelpText(program.root.discussion)[title] else { return }
        heading(title)
        for (word, text) in blocks.pairs {
            entry(Roff.bold(word), "\(text.prefix(1).uppercased())\(text.dropFirst()).")
        }
    }

    mutating func describeEnvironment() {
        heading("Environment")
        entry(
            Roff.bold("CLOAKROOM_ADMIN_SOCKET"),
            "The path of the daemon's admin socket, where --socket does not name it. Empty: as if it were not set."
        )
    }

    /// A section that the command's help has.
    mutating func section(_ title: String, of help: HelpText) {
        guard let blocks = help[title] else { return }
        heading(title)
        body(blocks)
    }

    mutating func seeAlso(_ pages: [String]) {
        heading("See also")
        body([.paragraph(pages.joined(separator: ", "))])
    }
}

extension Argument {
    /// What else is known of it.
    var facts: String? {
        var facts: [String] = []
        if let allValues, !allValues.isEmpty {
            let values = allValues.map { value in
                allValueDescriptions?[value].map { "\(value) (\($0))" } ?? value
            }
            facts.append("One of: \(values.joined(separator: ", ")).")
        }
        if let defaultValue, !defaultValue.isEmpty {
            facts.append("Default: \(Int(defaultValue) == nil ? "\"\(defaultValue)\"" : defaultValue).")
        }
        if isRepeating { facts.append("May be given several times.") }
        return facts.isEmpty ? nil : facts.joined(separator: " ")
    }
}
