// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import Logging
import Testing

@testable import CloakroomConfiguration

@Suite struct PoolConfigurationTests {
    private func load(_ text: String) throws -> Configuration { try Configuration.load(text: text, file: "c.toml") }

    private func pool(_ text: String) throws -> PoolConfiguration {
        try #require(try load("[pools.shop]\nunix_users = [1001]\n" + text).pools.first)
    }

    private func problem(_ text: String) -> String? {
        (#expect(throws: ConfigurationError.self) { try load(text) })?.message
    }

    @Test func poolHasWhatItSetsAndElseWhatTheDaemonHas() throws {
        let configuration = try load(
            """
            [sessions]
            lock_wait = 5
            lock_hold = 50
            [pools.shop]
            unix_users = ["daemon", 1001]
            unix_groups = ["adm"]
            socket = "/run/shop.sock"
            [pools.shop.sessions]
            lock_wait = 6
            [pools.shop.binding]
            address = "deny"
            [pools.shop.users]
            max_sessions = 3
            [pools.shop.remember_me]
            grace = 1
            [pools.shop.limits]
            session_size = 77
            [pools.blog]
            unix_groups = [7]
            """
        )
        #expect(configuration.pools.map(\.name.text) == ["shop", "blog"])
        let (shop, blog) = (configuration.pools[0], configuration.pools[1])
        #expect(shop.unixUsers == ["daemon", "1001"])
        #expect(shop.unixGroups == ["adm"])
        #expect(shop.socket == "/run/shop.sock")
        #expect(shop.configuration.sessions.lockWait == .seconds(6))
        #expect(shop.configuration.sessions.lockHold == .seconds(50))
        #expect(shop.configuration.binding.address == .deny)
        #expect(shop.configuration.users.maximumSessions == 3)
        #expect(shop.configuration.rememberMe.grace == .seconds(1))
        #expect(shop.configuration.limits.sessionSize == 77)
        #expect(!shop.hasOwnKeys)
        #expect(blog.unixUsers == [])
        #expect(blog.unixGroups == ["7"])
        #expect(blog.socket == "")
        #expect(blog.configuration.sessions.lockWait == .seconds(5))
        #expect(blog.configuration.limits.sessionSize == 4_194_304)
        #expect(configuration.sessions.lockWait == .seconds(5))
        #expect(configuration.binding.address == .report)
        #expect(configuration.explicit == ["sessions.lock_wait", "sessions.lock_hold"])
    }

    @Test func sectionsMayComeInAnyOrderAndForm() throws {
        let first = try load("pools.shop = { unix_users = [1], limits = { waiters = 2 } }\n[limits]\nwaiters = 3")
        let second = try load("[limits]\nwaiters = 3\n[pools]\nshop.limits.waiters = 2\nshop.unix_users = [1]")
        #expect(first == second)
        #expect(first.pools.first?.configuration.limits.waiters == 2)
        #expect(first.limits.waiters == 3)
    }

    @Test func ownSettingsWinOverTheOwnPresetAndThatOverTheDaemonsSettings() throws {
        let text = """
            [sessions]
            preset = "aal3"
            idle_timeout = 11
            absolute_timeout = 22
            [pools.shop]
            unix_users = [1]
            [pools.shop.sessions]
            preset = "strict"
            absolute_timeout = 33
            """
        let configuration = try load(text)
        let pool = try #require(configuration.pools.first).configuration
        #expect(pool.sessions.idleTimeout == .seconds(1200), "the pool's preset")
        #expect(pool.sessions.absoluteTimeout == .seconds(33), "the pool's own setting")
        #expect(pool.binding.address == .deny, "the pool's preset")
        #expect(configuration.sessions.idleTimeout == .seconds(11))
        #expect(configuration.sessions.absoluteTimeout == .seconds(22))
        #expect(configuration.binding.address == .report, "nothing of the pool's preset")
        // aal3 says nothing of the address.
        let none = try #require(try load(text.replacing("strict", with: "none")).pools.first).configuration
        #expect(none.sessions.idleTimeout == .seconds(11), "the daemon's setting")
        #expect(none.rememberMe.lifetime == .seconds(2_592_000), "nothing of the daemon's preset")
    }

    @Test func presetOfTheDaemonHoldsForPoolsThatNameNone() throws {
        let configuration = try load(
            """
            [sessions]
            preset = "aal3"
            [binding]
            agent = "off"
            [pools.shop]
            unix_users = [1]
            [pools.shop.sessions]
            idle_timeout = 60
            """
        )
        let pool = try #require(configuration.pools.first).configuration
        #expect(pool.sessions.idleTimeout == .seconds(60), "the pool's own setting")
        #expect(pool.sessions.absoluteTimeout == .seconds(43_200), "the daemon's preset")
        #expect(pool.binding.agent == .off, "the daemon's setting")
    }

    @Test func keyFileOfTheCommandLineIsTheDaemonsAndNotThatOfAPoolWithItsOwn() throws {
        let text = "[pools.a]\nunix_users = [1]\n[pools.a.key]\nfile = \"/a\"\n[pools.b]\nunix_users = [2]"
        let configuration = try load(text).applying(.init(stateDirectory: "/s", keyFile: "/k", logLevel: .error))
        #expect(configuration.pools.map(\.configuration.key.files) == [["/a"], ["/k"]])
        #expect(configuration.pools.map(\.configuration.store.directory) == ["/s", "/s"])
    }

    @Test func renderedConfigurationHasThePoolsAndParsesToThem() throws {
        let configuration = try load(
            """
            [pools.shop]
            unix_users = [1001]
            [pools.shop.key]
            file = "/shop"
            [pools.shop.sessions]
            preset = "aal2"
            [pools.blog]
            unix_groups = ["blog"]
            socket = "/b"
            """
        )
        let pools = """

            [pools.shop]
            unix_users = ["1001"]

            [pools.shop.key]
            file = "/shop"

            [pools.shop.sessions]
            preset = "aal2"

            [pools.blog]
            unix_groups = ["blog"]
            socket = "/b"

            """
        #expect(configuration.rendered.hasSuffix(pools))
        #expect(try load(pools).pools == configuration.pools)
    }

    @Test(arguments: ["shop", "s", "0", "a-b_c", String(repeating: "a", count: 64)])
    func nameIsTaken(_ name: String) throws {
        #expect(try load("[pools.\(name)]\nunix_users = [1]").pools.map(\.name.text) == [name])
    }

    @Test(arguments: [
        "Shop", "-shop", "_shop", "\"\"", "\"..\"", "\"a/b\"", "\"ä\"", String(repeating: "a", count: 65),
    ])
    func nameOfAnotherFormIsRefused(_ name: String) {
        let message = problem("\n[pools.\(name)]\nunix_users = [1]")
        let found = name.hasPrefix("\"") ? name : "\"\(name)\""
        #expect(
            message
                == "c.toml:2: the name of a pool has 1 to 64 characters of a-z, 0-9, _ and -, and begins with a letter or a digit; "
                + "found \(found)"
        )
    }

    @Test func defaultIsNoPoolToDeclare() {
        #expect(problem("[pools.default]\nunix_users = [1]")?.contains("[pools.default] cannot be there") == true)
    }

    @Test(
        arguments: [
            ("unix_user = [1]", "c.toml:3: unknown key \"unix_user\" in [pools.shop]; did you mean \"unix_users\"?"),
            (
                "lock_wait = 1",
                "unknown key \"lock_wait\" in [pools.shop]; did you mean \"lock_wait\" in [pools.shop.sessions]?"
            ),
            (
                "threads = 1",
                "unknown key \"threads\" in [pools.shop]: it holds for the whole daemon, and belongs in [server]"
            ),
            ("session.lock_wait = 1", "unknown key \"session\" in [pools.shop]; did you mean [pools.shop.sessions]?"),
            (
                "store.durability = \"power\"",
                "[pools.shop.store] cannot be there: all of [store] holds for the whole daemon"
            ),
            ("log = {}", "[pools.shop.log] cannot be there: all of [log] holds for the whole daemon"),
            ("server = 1", "[pools.shop.server] cannot be there: all of [server] holds for the whole daemon"),
            (
                "sessions.sweep_interval = 1",
                "c.toml:3: \"sweep_interval\" cannot be in [pools.shop.sessions]: it holds for the whole daemon, and belongs in [sessions]"
            ),
            (
                "limits.bytes_in_flight = 1",
                "\"bytes_in_flight\" cannot be in [pools.shop.limits]: it holds for the whole daemon, and belongs in [limits]"
            ),
            ("limits.waiter = 1", "unknown key \"waiter\" in [pools.shop.limits]; did you mean \"waiters\"?"),
            (
                "limits.address = 1",
                "unknown key \"address\" in [pools.shop.limits]; did you mean \"address\" in [pools.shop.binding]?"
            ),
            ("limits.unix_groups = []", "did you mean \"unix_groups\" in [pools.shop]?"),
            (
                "xyzzy = 1",
                "the keys here are \"unix_users\", \"unix_groups\", \"socket\", and the sections below are [pools.shop.key]"
            ),
            ("limits.waiters = -1", "\"waiters\" in [pools.shop.limits] must be between 0 and 65536, found -1"),
            ("limits = 1", "[pools.shop.limits] must be a section, found a whole number"),
            (
                "unix_groups = [true]",
                "must be a list of group names in quotes and numeric group ids, found true or false in it"
            ),
            ("socket = \"s\"", "\"socket\" in [pools.shop] must be an absolute path (starting with /), found \"s\""),
            ("socket = \"/run/cloakroom/php.sock\"", "\"socket\" in [pools.shop] is that of server.socket"),
            ("key = {}", "c.toml:3: [pools.shop.key] is empty: name a source of the pool's keys, or remove it"),
            ("key.environment = \"\"", "[pools.shop.key] names no source"),
            ("key.command_timeout = 5", "[pools.shop.key] names no source"),
            ("previous_key.file = \"/a\"", "[pools.shop.key] names no source"),
            (
                "key = { file = \"/a\", credential = \"b\" }",
                "c.toml:3: [pools.shop.key] names more than one source (file, credential); keep one of them"
            ),
        ]
    )
    func errorsSayWhatToWrite(_ text: String, _ message: String) {
        let found = problem("[pools.shop]\nunix_users = [1]\n" + text)
        #expect(found?.contains(message) == true, Comment(rawValue: found ?? ""))
    }

    @Test func poolOfNobodyIsRefused() {
        #expect(
            problem("\n[pools.shop]\nunix_users = []")
                == "c.toml:2: [pools.shop] says nobody who belongs to it: set unix_users, unix_groups or both"
        )
    }

    @Test func valuesInPlaceOfSectionsAreRefused() {
        #expect(
            problem("pools = 1") == "c.toml:1: [pools] must be a section with one for each pool, found a whole number"
        )
        #expect(problem("[pools]\nshop = 1") == "c.toml:2: [pools.shop] must be a section, found a whole number")
        #expect(problem("[pool.shop]\n") == "c.toml:1: unknown section [pool]; did you mean [pools]?")
    }

    @Test func twoPoolsCannotHaveOneSocket() {
        let text = "[pools.a]\nunix_users = [1]\nsocket = \"/s\"\n[pools.b]\nunix_users = [2]\nsocket = \"/s\""
        #expect(
            problem(text) == "c.toml:6: \"socket\" in [pools.b] is that of pools.a.socket: each needs a path of its own"
        )
    }

    @Test func everySettingIsTheDaemonsOrOfPools() {
        let ofDaemon = Set(Setting.all.filter { $0.poolScope == .daemon }.map(\.section))
        #expect(ofDaemon == ["server", "store", "sessions", "limits", "log"])
        #expect(Setting.sectionsBelowPool.contains("key"))
    }
}
