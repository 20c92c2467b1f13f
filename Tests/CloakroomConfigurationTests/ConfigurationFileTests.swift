// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomCore
import Testing

@testable import CloakroomConfiguration

/// The commented configuration file that is shipped, and reading of files.
@Suite struct ConfigurationFileTests {
    /// The repository's root, from the place of this file in it.
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let shipped = root + "/conf/cloakroom.toml"

    @Test func shippedFileLoadsAndChangesNothing() throws {
        #expect(try Configuration.load(file: Self.shipped) == Configuration())
    }

    /// The settings of the file, by the names that they have, with their values; those of the pool that is its example are
    /// `pools.KEY`.
    private static func settings() throws -> [String: String] {
        let lines = try TestFile.text(shipped).split(separator: "\n", omittingEmptySubsequences: false)
        var section = ""
        var found: [String: String] = [:]
        for (index, line) in lines.enumerated() {
            // Only the sections of pools are commented out.
            let header = line.hasPrefix("# [pools.") ? line.dropFirst(2) : line
            if header.hasPrefix("["), header.hasSuffix("]") { section = String(header.dropFirst().dropLast()) }
            guard let equals = line.firstRange(of: " = "), line.hasPrefix("# ") else { continue }
            let key = line.dropFirst(2)[..<equals.lowerBound]
            guard key.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" }) else { continue }
            #expect(lines[index - 1].hasPrefix("# "), "line \(index + 1) has no comment above it")
            found["\(section == "pools.shop" ? "pools" : section).\(key)"] = String(line[equals.upperBound...])
        }
        return found
    }

    @Test func shippedFileHasEverySettingWithItsDefaultAndAComment() throws {
        let expected = (Setting.all + Setting.pool).map { ($0.name, $0.defaultValue.rendered) }
        #expect(try Self.settings() == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test func shippedFileWithoutCommentMarksIsValid() throws {
        var text = try TestFile.text(Self.shipped).split(separator: "\n").map { line in
            line.hasPrefix("# ") && (line.contains(" = ") || line.hasPrefix("# [pools.")) ? line.dropFirst(2) : line
        }.joined(separator: "\n")
        // Only one key source may be set, and a pool has somebody, and a key if it has the section.
        text.replace("credential = \"cloakroom.key\"", with: "")
        text.replace("unix_users = []", with: "unix_users = [1001]")
        text.replace("[pools.shop.key]", with: "[pools.shop.key]\nfile = \"/etc/cloakroom/shop.key\"")
        let configuration = try Configuration.load(text: text, file: "c.toml")
        #expect(configuration.explicit.count == Setting.all.count - 1)
        #expect(configuration.pools.map(\.name.text) == ["shop"])
        #expect(configuration.pools.first?.own.count == Setting.pool.count + 1)
        #expect(configuration.applying(.init()).rendered.hasPrefix(Configuration().rendered))
    }

    @Test func shippedFileNamesTheSettingsThatPoolsCannotHave() throws {
        let text = try TestFile.text(Self.shipped).replacing("\n# ", with: " ")
        let expected = Setting.all.filter { $0.poolScope == .daemon && Setting.sectionsBelowPool.contains($0.section) }
        #expect(expected.count == 5)
        let list = try #require(text.firstMatch(of: #/whole daemon: ([a-z_., ]+ and [a-z_.]+)\. A preset/#))
        let named = list.1.split(separator: #/, | and /#).map(String.init)
        #expect(named.sorted() == expected.map(\.name).sorted())
        for section in Setting.sectionsBelowPool {
            #expect(text.contains("[pools.NAME.\(section)]") || text.contains(".\(section)"), "\(section)")
        }
    }

    @Test func namedFileThatIsMissingIsAnError() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(file: "/nonexistent/cloakroom.toml")
        }
        #expect(
            error?.message
                == "the configuration file /nonexistent/cloakroom.toml cannot be opened: No such file or directory"
        )
    }

    @Test func directoryInPlaceOfAFileIsAnError() {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.load(file: "/") }
        #expect(error?.message == "the configuration file / cannot be read: Is a directory")
    }

    @Test func fileThatIsNotUTF8IsAnError() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("c.toml", [0x23, 0xFF, 0x0A])
        let error = #expect(throws: ConfigurationError.self) { try Configuration.load(file: path) }
        #expect(error?.code == .syntax)
    }

    @Test func fileLargerThanTheLimitIsAnError() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("c.toml", [UInt8](repeating: 0x0A, count: 1_048_577))
        let error = #expect(throws: ConfigurationError.self) { try Configuration.load(file: path) }
        #expect(error?.code == .file)
    }

    @Test func everySettingHasASummaryAndADefaultInItsRange() {
        for setting in Setting.all + Setting.pool {
            #expect(setting.summary.hasSuffix("."), "\(setting.name)")
            if case .integer(let range, _) = setting.kind, case .integer(let value) = setting.defaultValue {
                #expect(range.contains(value), "\(setting.name)")
            }
        }
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    }
}
