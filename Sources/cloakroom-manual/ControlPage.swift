// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// The page of `cloakroomctl` itself: all commands at a glance.
struct ControlPage {
    let page: ManualPage

    init(_ program: Program) {
        let help = HelpText(program.root.discussion)
        var page = ManualPage(program.name, section: 8, summary: program.root.summary)
        page.heading("Synopsis")
        page.synopsis(
            "cloakroomctl",
            [.init(value: "command"), .init(value: "option", isOptional: true, isRepeating: true)]
        )
        page.synopsis("cloakroomctl help", [.init(value: "command", isOptional: true)])
        page.synopsis("cloakroomctl --version", [])
        page.heading("Description")
        page.body([.paragraph(program.root.abstract)] + help.introduction)
        page.body([
            .paragraph(
                "Options come after the command. Results are written to standard output, and everything else to "
                    + "standard error. With --json each line of a result is one JSON value, and an error is an object "
                    + "with the member \"error\"; the messages of the daemon are those of docs/admin-protocol.md."
            ),
            .paragraph(
                "Work that takes long shows a bar with an estimate on a terminal, and else a line every few seconds. "
                    + "Ctrl-C interrupts it and leaves things consistent."
            ),
        ])
        page.heading("Commands")
        if let first = program.commands.first {
            page.body([
                .paragraph(
                    "Each has a manual page of its own: what begins with \"\(first.name)\" is in "
                        + "\(program.name)-\(first.name)(8), and so on. \"cloakroomctl help\" and the command say much of that too."
                )
            ])
        }
        for (title, commands) in program.groups {
            page.subheading(title)
            for command in commands {
                for leaf in command.leaves {
                    let words = leaf.path.split(separator: " ").dropFirst().joined(separator: " ")
                    page.entry(Roff.bold(words), leaf.abstract)
                }
            }
        }
        page.describe(program.commonOptions, under: "Options")
        page.exitStatus(help, program)
        page.describeEnvironment()
        Self.describeFiles(&page)
        page.heading("Examples")
        page.body([
            .verbatim([
                "usermod -aG cloakroom-admin alice   # and log in anew",
                "cloakroomctl config check",
                "cloakroomctl keys list",
                "cloakroomctl keys list --json | jq .",
            ])
        ])
        page.seeAlso(
            program.commands.map { "\(program.name)-\($0.name)(8)" } + ["cloakroomd(8)", "cloakroom.toml(5)"]
        )
        self.page = page
    }

    private static func describeFiles(_ page: inout ManualPage) {
        page.heading("Files")
        page.entry(
            Roff.italic("/run/cloakroom/admin.sock"),
            "The admin socket, on which the daemon answers root and the members of the group of the file. Users that "
                + "PHP runs as are refused."
        )
        page.entry(Roff.italic(Configuration.defaultFile), "The configuration, see cloakroom.toml(5).")
        page.entry(Roff.italic(Configuration.Key.defaultFile), "The master keys, which root alone may read.")
    }
}

extension Argument {
    /// A word of a synopsis.
    init(value: String, isOptional: Bool = false, isRepeating: Bool = false) {
        self.init(
            kind: .positional,
            shouldDisplay: true,
            isOptional: isOptional,
            isRepeating: isRepeating,
            names: nil,
            valueName: value,
            defaultValue: nil,
            allValues: nil,
            allValueDescriptions: nil,
            abstract: nil,
            discussion: nil
        )
    }
}
