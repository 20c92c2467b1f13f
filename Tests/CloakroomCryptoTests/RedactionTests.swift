// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Testing

@Suite("Secrets do not print themselves")
struct RedactionTests {
    let fixture: Fixture
    let id: String

    init() throws {
        fixture = try Fixture()
        id = fixture.keyring.sealingKey.id.description
    }

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    @Test("bytes in the secure heap")
    func secureBytes() throws {
        let secret = try SecureBytes(copying: Array("correct horse battery staple".utf8))
        #expect("\(secret)" == "<secret>")
        #expect(String(reflecting: secret) == "<secret>")
        #expect("\([secret])" == "[<secret>]")
        #expect("\(Optional(secret) as Any)" == "Optional(<secret>)")
        #expect(dumped(secret) == "- <secret> #0\n")
    }

    @Test("a master key and a keyring print the key's name only")
    func masterKey() {
        let key = fixture.keyring.sealingKey
        #expect(id.count == 16)
        #expect("\(key)" == "master key \(id)")
        #expect("\(["k": key])" == "[\"k\": master key \(id)]")
        #expect(dumped(key) == "- master key \(id)\n")
        #expect("\(fixture.keyring)" == id)
        #expect("\([fixture.keyring])" == "[\(id)]")
    }

    @Test("the keys of a session")
    func sessionKeys() {
        #expect("\(fixture.dataKey)" == "<data key>")
        #expect("\([fixture.dataKey])" == "[<data key>]")
        #expect(dumped(fixture.dataKey) == "- <data key>\n")
        #expect("\(fixture.metadataKey)" == "<metadata key>")
        #expect("\([fixture.metadataKey])" == "[<metadata key>]")
        #expect(dumped(fixture.metadataKey) == "- <metadata key>\n")
        #expect("\(fixture.bodyKey)" == "<body key>")
        #expect("\([fixture.bodyKey])" == "[<body key>]")
        #expect(dumped(fixture.bodyKey) == "- <body key>\n")
    }

    @Test("metadata shows its data key as a name")
    func metadata() {
        #expect("\(fixture.metadata)".hasPrefix("SessionMetadata(dataKey: <data key>, version: 11,"))
        #expect(dumped(fixture.metadata).contains("- dataKey: <data key>\n  - version: 11\n"))
    }

    @Test("metadata does not show the user's name")
    func user() {
        for text in ["\(fixture.metadata)", String(reflecting: fixture.user), dumped(fixture.metadata)] {
            #expect(text.contains("<user name>"))
            #expect(!text.contains("alice") && !text.contains("97, 108, 105"))
        }
    }

    @Test("a sealer")
    func sealer() {
        #expect("\(fixture.sealer)" == "<session sealer>")
        #expect("\([fixture.sealer])" == "[<session sealer>]")
        #expect(dumped(fixture.sealer) == "- <session sealer> #0\n")
    }

    @Test("rejections say why in a few words")
    func rejections() throws {
        let id = try #require(KeyID([0, 1, 2, 3, 4, 5, 6, 0xFF]))
        #expect("\(Rejection.truncated)" == "truncated")
        #expect("\(Rejection.unknownFormat)" == "unknown format")
        #expect("\(Rejection.unknownKey(id))" == "sealed under the unknown key 00010203040506ff")
        #expect("\(Rejection.notAuthentic)" == "not authentic")
    }
}
