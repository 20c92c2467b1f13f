// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a program says of its command line.
struct Program {
    let name: String
    let root: Command
    /// The commands by the groups of the program's overview, each with what it is called; those in none are in the last one.
    let groups: [(name: String, commands: [Command])]

    /// Asks a program that was built beside this one.
    init(named name: String) throws {
        self.name = name
        let dump = try Self.output(of: name, "--experimental-dump-help")
        root = try JSONDecoder().decode(Dump.self, from: dump).command
        let commands = root.commands
        var groups = Self.groups(in: String(decoding: try Self.output(of: name, "--help"), as: UTF8.self)).map {
            title,
            words in (title, words.compactMap { word in commands.first { $0.name == word } })
        }.filter { !$0.1.isEmpty }
        let grouped = groups.flatMap(\.1).map(\.name)
        groups.append(("Others", commands.filter { !grouped.contains($0.name) }))
        self.groups = groups.filter { !$0.1.isEmpty }
    }

    /// The commands right below the program, in the order of its overview.
    var commands: [Command] { groups.flatMap(\.commands) }

    /// Options that most commands have: these are described once.
    var commonOptions: [Argument] {
        let leaves = root.leaves
        var counts: [Argument: Int] = [:]
        for option in leaves.flatMap(\.options) { counts[option, default: 0] += 1 }
        var seen: Set<Argument> = []
        let common = leaves.flatMap(\.options).filter {
            counts[$0, default: 0] * 2 >= leaves.count && seen.insert($0).inserted
        }
        return common.filter { !$0.isBuiltIn } + common.filter(\.isBuiltIn)
    }

    private struct Dump: Decodable {
        let command: Command
    }

    private static func output(of name: String, _ argument: String) throws -> Data {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let process = Process()
        process.executableURL = own.deletingLastPathComponent().appending(path: name)
        process.arguments = [argument]
        // The width to which the program wraps its text.
        process.environment = ["COLUMNS": "80"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ManualError("\(name) \(argument) failed") }
        return output
    }

    /// The titles of an overview, which end in a colon, and the words that its indented lines begin with.
    private static func groups(in text: String) -> [(String, [String])] {
        var groups: [(String, [String])] = []
        for line in text.split(separator: "\n") {
            if !line.hasPrefix(" "), line.hasSuffix(":") {
                groups.append((String(line.dropLast()), []))
            } else if line.hasPrefix("  "), !line.hasPrefix("   "), let word = line.split(separator: " ").first {
                groups[groups.count - 1].1.append(String(word))
            }
        }
        return groups
    }
}

/// A command, as ArgumentParser describes it.
struct Command: Decodable {
    let name: String
    let parents: [String]
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let commands: [Command]

    private let isShown: Bool

    private enum CodingKeys: String, CodingKey {
        case commandName, superCommands, abstract, discussion, arguments, subcommands, shouldDisplay
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .commandName)
        parents = try container.decodeIfPresent([String].self, forKey: .superCommands) ?? []
        abstract = try container.decodeIfPresent(String.self, forKey: .abstract) ?? ""
        discussion = try container.decodeIfPresent(String.self, forKey: .discussion) ?? ""
        isShown = try container.decodeIfPresent(Bool.self, forKey: .shouldDisplay) ?? true
        arguments = (try container.decodeIfPresent([Argument].self, forKey: .arguments) ?? []).filter(\.shouldDisplay)
        // "help" is in every program, and described with the program.
        commands = (try container.decodeIfPresent([Command].self, forKey: .subcommands) ?? []).filter {
            $0.isShown && $0.name != "help"
        }
    }

    /// The words that call it.
    var path: String { (parents + [name]).joined(separator: " ") }
    /// The commands that do something: this one, or those below it.
    var leaves: [Command] { commands.isEmpty ? [self] : commands.flatMap(\.leaves) }
    var options: [Argument] { arguments.filter { $0.kind != .positional } }
}

/// An argument or an option, as ArgumentParser describes it.
struct Argument: Decodable, Hashable {
    enum Kind: String, Decodable {
        case positional
        case option
        case flag
    }

    struct Name: Decodable, Hashable {
        let kind: String
        let name: String

        var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    let kind: Kind
    let shouldDisplay: Bool
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let allValueDescriptions: [String: String]?
    let abstract: String?
    let discussion: String?
}
