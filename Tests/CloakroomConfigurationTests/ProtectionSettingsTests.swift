// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomConfiguration
import CloakroomSessions
import Testing

@Suite struct ProtectionSettingsTests {
    private func rules(_ text: String) throws -> SessionRules {
        SessionRules(try Configuration.load(text: text, file: "c.toml"))
    }

    @Test func defaultsBreakNoApplication() throws {
        let rules = try rules("")
        #expect(rules.lifetimes.idle == nil)
        #expect(rules.lifetimes.absolute == .atLeast(86_400))
        #expect(rules.lifetimes.first == nil)
        #expect(rules.lifetimes.grace == 60)
        #expect(rules.binding.address == .report)
        #expect(rules.binding.agent == .deny)
        #expect(rules.binding.agentMatch == .family)
        #expect(!rules.reuseEndsLineage)
        #expect(rules.remembering.lifetime == 2_592_000)
        #expect(rules.remembering.grace == 60)
    }

    @Test func rememberMe() throws {
        let rules = try rules("[remember_me]\nlifetime = 3600\ngrace = 0")
        #expect(rules.remembering.lifetime == 3600)
        #expect(rules.remembering.grace == 0)
    }

    @Test func timesMayBeWords() throws {
        let rules = try rules(
            """
            [sessions]
            idle_timeout = 1200
            absolute_timeout = "none"
            first_timeout = 60
            remember_ended = 0
            regeneration_grace = 5
            reuse = "end"
            """
        )
        #expect(rules.lifetimes.idle == 1200)
        #expect(rules.lifetimes.absolute == .unlimited)
        #expect(rules.lifetimes.first == 60)
        #expect(rules.lifetimes.remembered == 0)
        #expect(rules.lifetimes.grace == 5)
        #expect(rules.reuseEndsLineage)
    }

    @Test func binding() throws {
        let rules = try rules(
            """
            [binding]
            address = "destroy"
            agent = "off"
            agent_match = "exact"
            ipv4_prefix = 24
            ipv6_prefix = 64
            trusted_proxies = ["10.0.0.0/8", "2001:db8::/32"]
            header = "Forwarded"
            """
        )
        #expect(rules.binding.address == .destroy)
        #expect(rules.binding.agent == .off)
        #expect(rules.binding.agentMatch == .exact)
        #expect(rules.binding.bitsOfIPv4 == 24)
        #expect(rules.binding.bitsOfIPv6 == 64)
        #expect(rules.binding.trustedProxies.map { "\($0)" } == ["10.0.0.0/8", "2001:db8::/32"])
        #expect(rules.binding.header == .forwarded)
    }

    // NIST SP 800-63B-4: 30 days; 24 h and 1 h; 12 h and 15 min.
    @Test(arguments: [
        ("aal1", nil, 2_592_000), ("aal2", 3600, 86_400), ("aal3", 900, 43_200), ("strict", 1200, 28_800),
    ])
    func presetGivesWhatTheFileDoesNotSet(_ name: String, _ idle: UInt64?, _ absolute: UInt64) throws {
        let preset = try rules("[sessions]\npreset = \"\(name)\"")
        #expect(preset.lifetimes.idle == idle)
        #expect(preset.lifetimes.absolute == .limited(absolute))
        #expect(preset.remembering.lifetime == absolute, "no token stands for a log-in that is due")
        let own = try rules("[sessions]\nidle_timeout = 77\npreset = \"\(name)\"")
        #expect(own.lifetimes.idle == 77)
        #expect(own.lifetimes.absolute == .limited(absolute))
    }

    @Test(
        arguments: [
            ("[sessions]\nidle_timeout = \"never\"", "must be a whole number of seconds, or \"php\", found \"never\""),
            ("[sessions]\nidle_timeout = 0", "must be between 1 and 31536000 seconds, found 0"),
            (
                "[sessions]\nabsolute_timeout = true",
                "must be a whole number of seconds, or \"day\" or \"none\", found true or false"
            ),
            (
                "[sessions]\npreset = \"aal4\"",
                "must be one of \"none\", \"strict\", \"aal1\", \"aal2\", \"aal3\", found \"aal4\""
            ),
            ("[binding]\ntrusted_proxies = [\"10.0.0.0/33\"]", "found \"10.0.0.0/33\" in it"),
            ("[binding]\ntrusted_proxies = [7]", "found a whole number in it"),
            ("[binding]\nadress = \"off\"", "did you mean \"address\"?"),
        ]
    )
    func errorsSayWhatToWrite(_ text: String, _ message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try self.rules(text) }
        #expect(error?.message.contains(message) == true, Comment(rawValue: error?.message ?? ""))
    }
}
