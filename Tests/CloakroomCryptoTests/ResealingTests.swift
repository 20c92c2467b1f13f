// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@testable import CloakroomCrypto

@Suite("Sealing anew")
struct ResealingTests {
    private let fixture: Fixture
    private let new: MasterKey

    init() throws {
        fixture = try Fixture()
        new = try MasterKey(SecureBytes.random(count: 32))
    }

    private var old: MasterKey { fixture.keyring.sealingKey }
    private var sealer: SessionSealer { fixture.sealer }

    private func take(_ keys: [MasterKey]) throws {
        try sealer.take(Keyring(keys), wrappedAddressKey: fixture.wrapped)
    }

    private var family: TokenFamily {
        TokenFamily(
            present: SecretDigest([UInt8](repeating: 7, count: 32)),
            created: UnixTime(seconds: 5),
            deadline: UnixTime(seconds: 66),
            binding: SessionBinding(),
            user: fixture.user.name
        )
    }

    private func resealed(_ value: [UInt8]) throws -> [UInt8] {
        guard case .resealed(let next) = try sealer.reseal(value, at: fixture.address) else {
            Issue.record("not sealed anew")
            return []
        }
        return next
    }

    @Test("metadata keep what they hold and their header, and need only the new key")
    func metadata() throws {
        let value = try fixture.sealedMetadata()
        try take([new, old])
        let next = try resealed(value)
        #expect(next.count == value.count)
        #expect(next[..<9] == value[..<9])
        #expect(Array(next[9..<17]) == new.id.bytes)
        #expect(next[17...] != value[17...])
        #expect(try sealer.reseal(next, at: fixture.address) == .current)
        let alone = try SessionSealer(
            keyring: Keyring([new]),
            pool: .standard,
            wrappedAddressKey: #require(try sealer.rewrap(fixture.wrapped))
        )
        #expect(try alone.address(of: fixture.reference) == fixture.address)
        let key = try alone.metadataKey(at: fixture.address)
        let opened = try #require(try alone.openMetadata(next, at: fixture.address, with: key).value)
        #expect(opened.version == 11)
        #expect(opened.deadline == UnixTime(seconds: 66))
        #expect(opened.user == fixture.user)
    }

    @Test("a family of tokens stays one, and does not become metadata")
    func tokens() throws {
        let value = try sealer.seal(family, at: fixture.address, with: fixture.metadataKey)
        try take([new, old])
        let next = try resealed(value)
        let key = try sealer.metadataKey(at: fixture.address)
        #expect(key.masterKeyID == new.id)
        let opened = try #require(try sealer.openFamily(next, at: fixture.address, with: key).value)
        #expect(opened.user == fixture.user.name)
        #expect(opened.deadline == UnixTime(seconds: 66))
        #expect(try sealer.openMetadata(next, at: fixture.address, with: key).value == nil)
    }

    @Test("nothing is sealed anew that was altered, moved or cut, or whose key is missing")
    func rejected() throws {
        for value in [
            try fixture.sealedMetadata(), try sealer.seal(family, at: fixture.address, with: fixture.metadataKey),
        ] {
            try take([new, old])
            for index in value.indices {
                var altered = value
                altered[index] ^= 0x41
                let expected: Rejection =
                    switch index {
                    case 0: .unknownFormat
                    case 9..<17: .unknownKey(try #require(KeyID(altered[9..<17])))
                    default: .notAuthentic
                    }
                #expect(try sealer.reseal(altered, at: fixture.address) == .rejected(expected), "byte \(index)")
            }
            for length in 0..<value.count {
                guard case .rejected = try sealer.reseal(Array(value[..<length]), at: fixture.address) else {
                    Issue.record("\(length) bytes")
                    continue
                }
            }
            #expect(try sealer.reseal(value + [0], at: fixture.address) == .rejected(.notAuthentic))
            let long = value + [UInt8](repeating: 0, count: 1 << 20)
            #expect(try sealer.reseal(long, at: fixture.address) == .rejected(.notAuthentic))
            let elsewhere = try sealer.address(of: makeReference("PHPSESSID", "another"))
            #expect(try sealer.reseal(value, at: elsewhere) == .rejected(.notAuthentic))
            let other = try MasterKey(SecureBytes.random(count: 32))
            try sealer.take(Keyring([new, other]), wrappedAddressKey: #require(try sealer.rewrap(fixture.wrapped)))
            #expect(try sealer.reseal(value, at: fixture.address) == .rejected(.unknownKey(old.id)))
            try take([old])
        }
    }

    @Test("the address key is wrapped anew only when another key has wrapped it, and stays the same")
    func addressKey() throws {
        #expect(try sealer.rewrap(fixture.wrapped) == nil)
        try take([new, old])
        let next = try #require(try sealer.rewrap(fixture.wrapped))
        #expect(SessionSealer.keyID(ofWrapped: fixture.wrapped) == old.id)
        #expect(SessionSealer.keyID(ofWrapped: next) == new.id)
        #expect(try sealer.rewrap(next) == nil)
        var altered = next
        altered[20] ^= 1
        #expect(throws: CryptoError(.keyring, "")) { try sealer.rewrap(altered) }
    }

    @Test("a keyring without the key of the address key is refused, and the old one stays")
    func refused() throws {
        #expect(throws: CryptoError(.keyring, "")) { try take([new]) }
        #expect(sealer.keyIDs == [old.id])
        #expect(try fixture.openMetadata(fixture.sealedMetadata()).value != nil)
    }

    @Test("a key derived before is reused until the keyring changes")
    func reuse() throws {
        let known = try sealer.metadataKey(at: fixture.address)
        #expect(try sealer.metadataKey(at: fixture.address, reusing: known).bytes === known.bytes)
        try take([new, old])
        let next = try sealer.metadataKey(at: fixture.address, reusing: known)
        #expect(next.masterKeyID == new.id)
        #expect(next.bytes !== known.bytes)
    }

    @Test("a key that was forgotten opens nothing, and what was derived from it is gone; the first is not forgotten")
    func forgotten() throws {
        let value = try fixture.sealedMetadata()
        try take([new, old])
        weak let wrapping = sealer.derived.key(for: old.id)?.wrappingKey
        weak let root = sealer.derived.key(for: old.id)?.metadataRoot
        #expect(wrapping != nil && root != nil)
        sealer.forget(new.id)
        #expect(sealer.keyIDs == [new.id, old.id])
        sealer.forget(old.id)
        #expect(sealer.keyIDs == [new.id])
        #expect(wrapping == nil && root == nil)
        let key = try sealer.metadataKey(at: fixture.address)
        #expect(try sealer.openMetadata(value, at: fixture.address, with: key).rejection == .unknownKey(old.id))
        #expect(try sealer.reseal(value, at: fixture.address) == .rejected(.unknownKey(old.id)))
    }

    @Test("goes on while the keyring changes under it")
    func concurrent() async throws {
        let value = try fixture.sealedMetadata()
        let rings = [try Keyring([old]), try Keyring([new, old]), try Keyring([old, new])]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<300 {
                        let key = try sealer.metadataKey(at: fixture.address, reusing: fixture.metadataKey)
                        #expect([new.id, old.id].contains(key.masterKeyID))
                        #expect(try sealer.openMetadata(value, at: fixture.address, with: key).value?.version == 11)
                        if case .rejected(let rejection) = try sealer.reseal(value, at: fixture.address) {
                            Issue.record("\(rejection)")
                        }
                    }
                }
            }
            group.addTask {
                for round in 0..<300 { try sealer.take(rings[round % 3], wrappedAddressKey: fixture.wrapped) }
            }
            try await group.waitForAll()
        }
    }
}
