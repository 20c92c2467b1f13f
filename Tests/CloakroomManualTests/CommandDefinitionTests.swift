// SPDX-License-Identifier: Apache-2.0

import Testing

/// What every command has to have, whatever commands there are.
@Suite(.timeLimit(.minutes(10))) struct CommandDefinitionTests {
    private let root: CommandTree

    init() throws { root = try CommandTree(of: "cloakroomctl") }

    @Test func everyCommandSaysWhatItDoesInASentence() {
        for command in root.all {
            #expect(command.abstract.hasSuffix("."), "\(command.words): \(command.abstract)")
            #expect(command.abstract.first?.isUppercase == true, "\(command.words): \(command.abstract)")
        }
    }

    @Test func everyOptionAndArgumentHasHelp() {
        for command in root.all {
            for option in command.options {
                #expect(option.help.hasSuffix("."), "\(command.words) \(option.names): \(option.help)")
            }
        }
    }

    @Test func everyCommandTakesJSON() {
        for command in root.leaves {
            #expect(command.options.contains { $0.names == ["--json"] }, "\(command.words)")
        }
    }

    @Test func helpFitsATerminal() throws {
        for command in root.all {
            let help = try Tool.control(["help"] + command.words)
            #expect(help.status == 0)
            #expect(help.errors.isEmpty)
            for line in help.lines { #expect(line.count <= 80, "\(command.words): \(line)") }
            // Lines that are laid out by hand are not broken.
            for line in command.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(help.lines.contains(line), "\(command.words): \(line)")
            }
            #expect(try Tool.control(command.words + ["--help"]).output == help.output, "\(command.words)")
        }
    }

    @Test func overviewHasEveryCommandOnce() throws {
        let overview = try Tool.control("help").lines
        let brief = try Tool.control().errors.split(separator: "\n")
        for command in root.below {
            for lines in [overview, brief] {
                let word = "  \(command.words[0]) "
                #expect(lines.count { $0.hasPrefix(word) } == 1, "\(command.words)")
            }
        }
        // It is read at a glance: all commands, their groups, and a few lines.
        #expect(brief.count <= 2 * root.below.count + 12)
        for line in brief { #expect(line.count <= 80, "\(line)") }
    }
}
