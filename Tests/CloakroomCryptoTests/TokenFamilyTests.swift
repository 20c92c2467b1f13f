// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@testable import CloakroomCrypto

@Suite("Sealed families of tokens")
struct TokenFamilyTests {
    let fixture: Fixture
    let token: RememberToken
    let address: SessionAddress
    let key: MetadataKey

    init() throws {
        fixture = try Fixture()
        token = try fixture.sealer.makeToken()
        address = try fixture.sealer.address(of: token)
        key = try fixture.sealer.metadataKey(at: address)
    }

    private func sealed(at address: SessionAddress? = nil) throws -> [UInt8] {
        let family = TokenFamily(
            present: try fixture.sealer.digest(of: token),
            created: UnixTime(seconds: 11),
            deadline: UnixTime(seconds: 22),
            binding: fixture.metadata.binding,
            user: fixture.user.name
        )
        let place = address ?? self.address
        return try fixture.sealer.seal(family, at: place, with: fixture.sealer.metadataKey(at: place))
    }

    private func open(_ value: [UInt8]) throws -> Opened<TokenFamily> {
        try fixture.sealer.openFamily(value, at: address, with: key)
    }

    @Test("the next token has the same selector and another secret")
    func next() throws {
        let next = try fixture.sealer.makeToken(after: token)
        #expect(next.selector == token.selector)
        #expect(next.secret != token.secret)
        #expect(try fixture.sealer.address(of: next) == address)
        #expect(try !fixture.sealer.digest(of: next).matches(fixture.sealer.digest(of: token)))
        #expect(try fixture.sealer.makeToken().selector != token.selector)
    }

    @Test("opens to what was sealed, and has neither the token nor the user in the clear")
    func roundTrip() throws {
        let value = try sealed()
        #expect(RecordHeader(of: value)?.expires == UnixTime(seconds: 22))
        let family = try #require(try open(value).value)
        #expect(try family.present.matches(fixture.sealer.digest(of: token)))
        #expect(family.previous == nil)
        #expect(family.created == UnixTime(seconds: 11))
        #expect(family.deadline == UnixTime(seconds: 22))
        #expect(family.binding == fixture.metadata.binding)
        #expect(family.user == fixture.user.name)
    }

    @Test("is rejected with any one byte changed, at each other length, and elsewhere")
    func altered() throws {
        let value = try sealed()
        for position in value.indices {
            var altered = value
            altered[position] ^= 1
            #expect(try open(altered).rejection != nil, "byte \(position)")
        }
        for length in 0..<value.count { #expect(try open(Array(value.prefix(length))).rejection != nil) }
        #expect(try open(value + [0]).rejection == .notAuthentic)
        #expect(try open(sealed(at: fixture.address)).rejection == .notAuthentic)
    }

    @Test("is no session's metadata, and those are no family, though the address be the same")
    func kinds() throws {
        let family = try sealed(at: fixture.address)
        #expect(try fixture.openMetadata(family).rejection != nil)
        // As long as the metadata of a session of nobody.
        let long = try #require(UserName([UInt8](repeating: 1, count: 255)))
        let padded = TokenFamily(
            present: try fixture.sealer.digest(of: token),
            created: UnixTime(seconds: 11),
            deadline: UnixTime(seconds: 22),
            binding: SessionBinding(),
            user: long
        )
        let value = try fixture.sealer.seal(padded, at: fixture.address, with: fixture.metadataKey)
        #expect(try fixture.openMetadata(value).rejection == .notAuthentic)
        let metadata = try fixture.sealedMetadata()
        let opened = try fixture.sealer.openFamily(metadata, at: fixture.address, with: fixture.metadataKey)
        #expect(opened.rejection == .notAuthentic)
    }

    @Test("nothing of it prints itself")
    func redaction() throws {
        let digest = try fixture.sealer.digest(of: token)
        let family = try #require(try open(sealed()).value)
        #expect("\(token)" == "<token>")
        #expect("\([token])" == "[<token>]")
        #expect("\(digest)" == "<secret digest>")
        var text = "\(family)\(String(reflecting: family))"
        dump(token, to: &text)
        dump(digest, to: &text)
        dump(family, to: &text)
        #expect(text.contains("<token>") && text.contains("<secret digest>") && text.contains("<user name>"))
        #expect(!text.contains("alice"))
        for secret in [token.bytes, digest.bytes] {
            #expect(!text.contains("\(secret)".dropFirst().dropLast()) && !text.contains("- \(secret[0])\n"))
        }
    }
}
