// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

@testable import CloakroomConfiguration

/// `cloakroomctl config`, which takes no daemon and no root.
@Suite(.timeLimit(.minutes(10))) struct ConfigCommandTests {
    private let directory: TemporaryDirectory
    private var file: String { directory.path(of: "cloakroom.toml") }

    init() throws {
        directory = try TemporaryDirectory()
        try #require(chmod(directory.path, 0o755) == 0)
    }

    private func write(_ text: String) throws {
        _ = try directory.file("cloakroom.toml", text.utf8, mode: 0o644)
    }

    private func config(_ arguments: String...) throws -> Tool.Result {
        try Tool.control(["config"] + arguments)
    }

    private func objects(_ result: Tool.Result) throws -> [[String: Any]] {
        try result.output.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private static let full = """
        [server]
        users = [0]
        [key]
        file = ["/etc/cloakroom/key"]
        [sessions]
        preset = "strict"
        lock_wait = 30
        idle_timeout = 600
        [limits]
        session_size = 1000

        [pools.shop]
        unix_users = [0]
        [pools.shop.sessions]
        lock_wait = 7
        [pools.blog]
        unix_groups = [0]
        [pools.blog.key]
        file = "/etc/cloakroom/blog.key"
        [pools.blog.sessions]
        preset = "aal1"

        """

    @Test func everyProblemIsNamedWithItsLine() throws {
        try write("[sessions]\nlock_wiat = 3\nlock_hold = \"x\"\n[sotre]\n[pools.shop]\nunix_user = []\n")
        let result = try config("check", file)
        #expect(result.status == 1 && result.output.isEmpty)
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.count == 6, "\(lines)")
        #expect(lines.first == "\(file):2: unknown key \"lock_wiat\" in [sessions]; did you mean \"lock_wait\"?")
        #expect(lines.contains { $0.hasPrefix("\(file):3: \"lock_hold\" in [sessions] must be a whole number") })
        #expect(lines.contains("\(file):4: unknown section [sotre]; did you mean [store]?"))
        #expect(
            lines.contains { $0.hasPrefix("\(file):6: unknown key \"unix_user\"") && $0.contains("\"unix_users\"?") }
        )
        #expect(lines.last == "cloakroomctl: 5 errors: cloakroomd does not start with this file")
        // The daemon says the same.
        let daemon = try Tool.run(Tool.path(of: "cloakroomd"), ["--check", "--config", file])
        #expect(daemon.status == 1)
        for line in lines.dropLast() { #expect(daemon.errors.contains(line)) }

        let json = try config("check", file, "--json")
        #expect(json.status == 1 && json.errors.isEmpty)
        let problems = try objects(json)
        #expect(problems.map { $0["line"] as? Int } == [2, 3, 4, 6, 5])
        #expect(problems.allSatisfy { $0["severity"] as? String == "error" && $0["file"] as? String == file })
        // There is nothing to be shown of what cannot be read.
        let shown = try config("show", file)
        #expect(shown.status == 1 && shown.output.isEmpty && shown.errors == result.errors)
    }

    @Test(arguments: ["[server", "a = [", "\u{0}", "[a]\n[a]", "x = 1\nx = 2"]) func whatIsNoTOMLIsAnError(
        _ text: String
    ) throws {
        try write("# \n" + text)
        let result = try config("check", file, "--json")
        #expect(result.status == 1)
        let problem = try #require(try objects(result).first)
        #expect(
            (problem["line"] as? Int ?? 0) >= 1 && (problem["message"] as? String)?.hasPrefix("\(file):") == true,
            "\(problem)"
        )
    }

    @Test func fileThatIsMissingIsAnErrorWhenItIsNamed() throws {
        let result = try config("check", file)
        #expect(result.status == 1)
        #expect(result.errors.contains("the configuration file \(file) cannot be opened: No such file or directory"))
    }

    @Test func validFileIsNamedWithItsPools() throws {
        try write(Self.full)
        let result = try config("check", file)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output.hasPrefix("\(file) is valid; ") && result.output.hasSuffix("; pools: default, shop, blog\n")
        )
        let json = try #require(try objects(config("check", file, "--json")).last)
        #expect(json["valid"] as? Bool == true && json["pools"] as? [String] == ["default", "shop", "blog"])
    }

    @Test func whatTheSystemDoesNotHaveIsAWarningForNobodyToo() throws {
        try write(
            """
            [server]
            users = ["no-such-user-1"]
            admin_group = "no-such-group"
            socket = "/no/such/directory/php.sock"
            [key]
            file = "\(directory.path)/missing.key"
            [store]
            directory = "/no/such/state"
            [pools.shop]
            unix_users = ["no-such-user-2"]
            [pools.shop.key]
            command = ["/no/such/program"]

            """
        )
        let program = directory.path(of: "cloakroomctl")
        try FileManager.default.copyItem(atPath: Tool.path(of: "cloakroomctl"), toPath: program)
        let result = try Tool.run(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", program, "config", "check", file]
        )
        #expect(result.status == 0)
        #expect(result.output == "\(file) is valid; 7 warnings; pools: default, shop\n")
        for (line, text) in [
            (2, "there is no user \"no-such-user-1\""), (3, "there is no group \"no-such-group\""),
            (4, "there is no directory \"/no/such/directory\""),
            (6, "there is no file \"\(directory.path)/missing.key\""),
            (8, "there is no directory \"/no/such\""), (10, "there is no user \"no-such-user-2\""),
            (12, "there is no program \"/no/such/program\""),
        ] {
            let found = result.errors.split(separator: "\n").first { $0.hasPrefix("warning: \(file):\(line): ") }
            #expect(found?.contains(text) == true, "\(line): \(result.errors)")
        }
    }

    /// The output is read again, and everything is as it was: for the daemon, and for every pool.
    @Test(arguments: [[], ["--all"], ["--changed"]]) func shownConfigurationHasTheSameEffect(_ more: [String]) throws {
        try write(Self.full)
        let shown = try Tool.control(["config", "show", file] + more)
        #expect(shown.status == 0 && shown.errors.isEmpty)
        let original = try Configuration.load(file: file)
        let again = try Configuration.load(text: shown.output, file: "shown.toml")
        #expect(again == original, "\(shown.output)")
    }

    @Test func shownPoolHasTheSameEffect() throws {
        try write(Self.full)
        for name in ["shop", "blog"] {
            let shown = try config("show", file, "--pool", name)
            #expect(shown.status == 0)
            let original = try #require(try Configuration.load(file: file).pools.first { "\($0.name)" == name })
            let again = try #require(try Configuration.load(text: shown.output, file: "shown.toml").pools.first)
            for setting in Setting.ofPools {
                #expect(
                    setting.read(again.configuration) == setting.read(original.configuration)
                        || (Setting.keySections.contains(setting.section) && !original.hasOwnKeys),
                    "\(name) \(setting.name): \(shown.output)"
                )
            }
            #expect(again.hasOwnKeys == original.hasOwnKeys, "\(shown.output)")
        }
        let unknown = try config("show", file, "--pool", "blgo")
        #expect(unknown.status == 1 && unknown.errors.contains("the pools are default, shop, blog"))
    }

    @Test func originsAreNamed() throws {
        try write(Self.full)
        let lines = try config("show", file).lines
        func line(_ start: String) throws -> String { try #require(lines.first { $0.hasPrefix(start) }).description }
        #expect(try line("lock_wait = 30").hasSuffix("  # line 7, as the default"))
        #expect(try line("idle_timeout = 600").hasSuffix("  # line 8"))
        #expect(try line("# absolute_timeout = 28800").hasSuffix("  # preset \"strict\", line 6"))
        #expect(try line("# lock_hold") == "# lock_hold = 600")
        #expect(try line("lock_wait = 7").hasSuffix("  # line 15"))
        let shop = try config("show", file, "--pool", "shop").lines
        #expect(shop.contains { $0.hasPrefix("idle_timeout = 600") && $0.hasSuffix("  # line 8, of [sessions]") })
        #expect(
            shop.contains {
                $0.hasPrefix("# absolute_timeout = 28800") && $0.hasSuffix("  # preset \"strict\", line 6")
            }
        )
        #expect(!shop.contains { $0.contains("key]") })
        let changed = try config("show", file, "--changed").lines
        #expect(!changed.contains { $0.contains("lock_hold") } && changed.contains { $0.hasPrefix("idle_timeout") })
    }

    @Test func everySettingIsOneLineOfJSON() throws {
        try write(Self.full)
        let settings = try objects(config("show", file, "--json", "--pool", "default"))
        #expect(settings.map { "\($0["section"] ?? "").\($0["key"] ?? "")" } == Setting.all.map(\.name))
        let wait = try #require(settings.first { $0["key"] as? String == "lock_wait" })
        #expect(wait["value"] as? Int == 30 && wait["default"] as? Int == 30 && wait["line"] as? Int == 7)
        #expect(
            wait["origin"] as? String == "file" && wait["file"] as? String == file
                && wait["pool"] as? String == "default"
        )
        let total = try #require(settings.first { $0["key"] as? String == "absolute_timeout" })
        #expect(total["preset"] as? String == "strict" && total["origin"] as? String == "preset")
        let hold = try #require(settings.first { $0["key"] as? String == "lock_hold" })
        #expect(hold["origin"] as? String == "default" && hold["line"] == nil)
    }

    @Test func withoutAFileEverythingHasItsDefault() throws {
        // No root, and no file: what /etc has is not asked here.
        try write("")
        let shown = try config("show", file)
        for setting in Setting.all {
            #expect(shown.lines.contains("# \(setting.key) = \(setting.defaultValue.rendered)"), "\(setting.name)")
        }
        #expect(try config("show", file, "--changed").lines.allSatisfy { $0.isEmpty || $0.hasPrefix("#") })
    }

    @Test func hostileTextStaysText() throws {
        let name = "c\n[server]\nusers = [1]\u{1B}[31m.toml"
        let path = try directory.file(name, "[users]\nsession_key = \"a\\u000A[server]\\u001B\"\n".utf8)
        let shown = try config("show", path)
        #expect(shown.status == 0)
        #expect(try Configuration.load(text: shown.output, file: "c").server.users == ["www-data"])
        #expect(!shown.output.contains("\u{1B}"))
    }
}
