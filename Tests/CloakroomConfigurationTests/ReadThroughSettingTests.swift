// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomSessions
import Testing

@Suite("sessions.read_through") struct ReadThroughSettingTests {
    private func load(_ value: String) throws -> Configuration {
        try Configuration.load(text: "[sessions]\nread_through = \"\(value)\"", file: "c.toml")
    }

    @Test("is nowhere unless somebody says so") func standard() throws {
        let rules = SessionRules(try Configuration.load(text: "", file: "c.toml"))
        #expect(rules.readThrough.isEmpty)
        #expect(!rules.readsThrough)
    }

    @Test(
        "takes what session.save_path takes",
        arguments: [
            "", "/", "/var/lib/php/sessions", "0;/srv", "9;/srv/old sessions", "2;0600;/srv", "2;600;/srv", "/srv/é",
            "/" + String(repeating: "d", count: 254),
        ]
    )
    func valid(value: String) throws {
        let configuration = try load(value)
        #expect(configuration.sessions.readThrough == value)
        let rules = SessionRules(configuration)
        #expect(rules.readThrough == value)
        #expect(rules.readsThrough == !value.isEmpty)
        #expect(configuration.rendered.contains("\nread_through = \"\(value)\"\n"))
    }

    @Test(
        "refuses all else, and says what to write",
        arguments: [
            "srv", "unix:///run/php.sock", "tcp://localhost", ";/srv", "10;/srv", "-1;/srv", "x;/srv", "2;srv",
            "2;;/srv", "2;0800;/srv",
            "2;00600;/srv", "2;0600;srv", "2;0600", "2;", "1;2;3;/srv", "/srv\\n", "/srv\\u007F",
            "/" + String(repeating: "d", count: 255),
        ]
    )
    func invalid(value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try load(value) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("must be a directory as in PHP's session.save_path"), "\(message)")
    }

    @Test("is a pool's own") func pools() throws {
        let text = """
            [sessions]
            read_through = "/srv/all"
            [pools.blog]
            unix_users = ["root"]
            [pools.blog.sessions]
            read_through = "2;/srv/blog"
            [pools.shop]
            unix_users = ["daemon"]
            [pools.shop.sessions]
            read_through = ""
            """
        let configuration = try Configuration.load(text: text, file: "c.toml")
        let values = configuration.pools.map { "\($0.name) \(SessionRules($0.configuration).readThrough)" }
        #expect(Set(values) == ["blog 2;/srv/blog", "shop "])
    }
}
