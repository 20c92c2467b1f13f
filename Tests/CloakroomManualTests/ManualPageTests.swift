// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomProcessKit
import Foundation
import Testing

/// The manual pages against the programs and the settings, whatever commands there are.
@Suite(.timeLimit(.minutes(10))) struct ManualPageTests {
    private static let common = ["OPTIONS", "COMMON OPTIONS", "OPTIONS OF ALL COMMANDS"]
    private static let pages = Tool.root + "/docs/man"

    @Test func pagesAreCurrent() throws {
        let directory = try TemporaryDirectory()
        let made = try Tool.run(
            Tool.path(of: "cloakroom-manual"),
            ["\(Tool.root)/conf/cloakroom.toml", directory.path]
        )
        #expect(made.status == 0, "\(made.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.pages).sorted() == files, "run `make man`")
        for file in files {
            let isCurrent = try TestFile.text("\(Self.pages)/\(file)") == TestFile.text(directory.path(of: file))
            #expect(isCurrent, "docs/man/\(file) is not what the programs say: run `make man`")
        }
    }

    @Test func everyCommandOptionAndArgumentIsInAPage() throws {
        let root = try CommandTree(of: "cloakroomctl")
        let overview = try RenderedPage("cloakroomctl.8")
        for family in root.below {
            let page = try RenderedPage("cloakroomctl-\(family.words[0]).8")
            #expect(overview.text.contains("cloakroomctl-\(family.words[0])(8)"))
            for command in family.leaves {
                let path = (["cloakroomctl"] + command.words).joined(separator: " ")
                let tags = overview.parts.compactMap { $0.entry(command.words.last ?? "") }
                #expect(tags.contains { $0.hasPrefix(command.words.joined(separator: " ")) }, "\(path): overview")
                #expect(page.text.contains(command.abstract.collapsed), "\(path)")
                #expect(page["SYNOPSIS"]?.text.contains(path) == true, "\(path)")
                let own = command.words.count == 1 ? nil : page[path]
                #expect(command.words.count == 1 || own != nil, "\(path) has no section")
                try expect(command.options, in: [own].compactMap(\.self) + page.parts(Self.common), path)
            }
        }
    }

    @Test(arguments: ["cloakroomd", "cloakroom-fcgi"]) func everyOptionOfAServiceIsInItsPage(_ program: String) throws {
        let page = try RenderedPage("\(program).8")
        try expect(try CommandTree(of: program).options, in: page.parts(Self.common), program)
    }

    private func expect(_ options: [CommandTree.Option], in parts: [RenderedPage.Part], _ path: String) throws {
        for option in options {
            for name in option.names {
                let entry = parts.lazy.compactMap { $0.entry(name) }.first
                #expect(entry?.contains(option.help.collapsed) == true, "\(path) \(name): \(entry ?? "is not there")")
            }
        }
    }

    @Test func everySettingIsInThePageOfTheConfiguration() throws {
        let page = try RenderedPage("cloakroom.toml.5")
        for setting in Setting.all + Setting.pool {
            let section = setting.section == Setting.poolSection ? "[pools.NAME]" : "[\(setting.section)]"
            let entry = try #require(page[section]?.entry(setting.key), "\(setting.name) is not there")
            #expect(entry.contains("Default: \(setting.defaultValue.rendered)."), "\(setting.name): \(entry)")
            switch setting.kind {
            case .integer(let range, _), .secondsOr(let range, _):
                #expect(entry.contains("\(range.lowerBound) to \(range.upperBound)"), "\(setting.name): \(entry)")
            case .choice(let words):
                for word in words { #expect(entry.contains("\"\(word)\""), "\(setting.name): \(entry)") }
            default: break
            }
        }
    }

    @Test(arguments: ["NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"]) func everyPageHas(_ section: String) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.pages) {
            #expect(try RenderedPage(file)[section] != nil, "\(file)")
        }
    }

    @Test func exitStatusesAreThoseOfTheProgram() throws {
        let documented = try #require(try RenderedPage("cloakroomctl.8")["EXIT STATUS"])
        for status in ["0", "1", "2", "64", "130"] { #expect(documented.entry(status) != nil) }
        let operations = try TestFile.text(Tool.root + "/docs/operations.md")
        for status in ["0", "1", "2", "64", "130"] { #expect(operations.contains("\n| \(status) | ")) }
    }

    @Test func everyPageThatAPageNamesIsThere() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.pages)
        for file in files {
            for match in try RenderedPage(file).text.matches(of: #/(cloakroom[a-z.-]*)\(([0-9])\)/#) {
                #expect(files.contains("\(match.1).\(match.2)"), "\(file) names \(match.0)")
            }
        }
    }

    @Test func formattersHaveNoComplaints() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.pages) {
            let path = "\(Self.pages)/\(file)"
            let lint = try Tool.run("/usr/bin/mandoc", ["-T", "lint", "-W", "warning", path])
            #expect(lint.status == 0 && lint.output.isEmpty, "\(lint.output)")
            let groff = try Tool.run("/usr/bin/groff", ["-man", "-ww", "-z", "-T", "utf8", path])
            #expect(groff.status == 0 && groff.errors.isEmpty, "\(groff.errors)")
            // What whatis(1) and apropos(1) find it by.
            let name = try Tool.run("/usr/bin/lexgrog", [path])
            #expect(name.output.contains("\"\(file.dropLast(2)) - "), "\(name.output)\(name.errors)")
        }
    }
}

extension RenderedPage {
    fileprivate func parts(_ titles: [String]) -> [Part] { titles.compactMap { self[$0] } }
}

extension String {
    /// With single spaces, and without line ends.
    fileprivate var collapsed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
