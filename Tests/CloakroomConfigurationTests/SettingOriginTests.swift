// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Testing

@testable import CloakroomConfiguration

/// Where values come from, against what holds.
@Suite struct SettingOriginTests {
    private func origin(_ file: ConfigurationFile, _ name: String, of pool: String? = nil) throws -> SettingOrigin {
        let settings = try pool.map { file.settings(of: try #require(file.pool(named: $0))) } ?? file.settings
        return try #require(settings.first { $0.setting.name == name }).origin
    }

    @Test func fileWinsOverPresetOverDefault() throws {
        let file = try ConfigurationFile(
            text: "[sessions]\npreset = \"aal2\"\n\n\"idle_timeout\" = 5\n",
            path: "c.toml"
        )
        #expect(try origin(file, "sessions.idle_timeout") == .file(section: "sessions", line: 4))
        #expect(
            try origin(file, "sessions.absolute_timeout") == .preset(.aal2, section: "sessions", line: 2)
        )
        #expect(try origin(file, "sessions.lock_wait") == .standard)
    }

    @Test func presetOfAPoolWinsOverTheSectionsOfTheDaemon() throws {
        let file = try ConfigurationFile(
            text: """
                sessions = { idle_timeout = 5, lock_wait = 6, preset = "strict" }
                pools.shop.unix_users = [1]
                pools.shop.sessions.preset = "aal2"
                pools.blog.unix_users = [2]
                """,
            path: "c.toml"
        )
        #expect(
            try origin(file, "sessions.idle_timeout", of: "shop")
                == .preset(.aal2, section: "pools.shop.sessions", line: 3)
        )
        #expect(try origin(file, "sessions.lock_wait", of: "shop") == .file(section: "sessions", line: 1))
        // The daemon's preset is not the pool's any more.
        #expect(try origin(file, "binding.address", of: "shop") == .standard)
        #expect(try origin(file, "binding.address", of: "blog") == .preset(.strict, section: "sessions", line: 1))
        #expect(try origin(file, "pools.unix_users", of: "blog") == .file(section: "pools.blog", line: 4))
    }

    @Test func poolWithKeysOfItsOwnHasNoneOfTheDaemon() throws {
        let file = try ConfigurationFile(
            text: """
                [key]
                command_timeout = 3
                [pools.shop]
                unix_users = [1]
                key.file = "/k"
                [pools.blog]
                unix_users = [2]
                """,
            path: "c.toml"
        )
        #expect(try origin(file, "key.file", of: "shop") == .file(section: "pools.shop.key", line: 5))
        #expect(try origin(file, "key.command_timeout", of: "shop") == .standard)
        let blog = try #require(file.pool(named: "blog"))
        #expect(!file.settings(of: blog).contains { $0.setting.section == "key" })
    }

    /// Whatever is set where: a value without an origin is the default, and one of a preset is the preset's.
    @Test(arguments: 0..<200) func originsExplainTheValues(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let presets = [
            "", "preset = \"none\"\n", "preset = \"strict\"\n", "preset = \"aal1\"\n", "preset = \"aal3\"\n",
        ]
        let values = ["idle_timeout = 77\n", "absolute_timeout = 99\n", "reuse = \"report\"\n", "lock_wait = 3\n"]
        func sections() -> String {
            (presets.randomElement(using: &random) ?? "")
                + values.filter { _ in Bool.random(using: &random) }.joined()
        }
        let text =
            "[sessions]\n\(sections())[pools.shop]\nunix_users = [\"root\"]\n[pools.shop.sessions]\n\(sections())"
        let file = try ConfigurationFile(text: text, path: "c.toml")
        let shop = try #require(file.pool(named: "shop"))
        let lines = text.split(separator: "\n")
        for setting in file.settings + file.settings(of: shop) {
            switch setting.origin {
            case .standard: #expect(setting.value == setting.setting.defaultValue, "\(setting.section) \(text)")
            case .file(_, let line):
                #expect(lines[line - 1] == "\(setting.setting.key) = \(setting.value.rendered)", "\(text)")
            case .preset(let preset, _, let line):
                #expect(preset.values[setting.setting.name] == setting.value, "\(text)")
                #expect(lines[line - 1] == "preset = \"\(preset.rawValue)\"", "\(text)")
            }
        }
    }
}
