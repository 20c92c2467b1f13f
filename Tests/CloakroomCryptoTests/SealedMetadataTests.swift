// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Testing

@Suite("Sealed metadata")
struct SealedMetadataTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test("opens to what was sealed, and has 297 bytes and the user's name")
    func roundTrip() throws {
        let value = try fixture.sealedMetadata()
        #expect(value.count == 297 + fixture.user.name.bytes.count)
        #expect(RecordHeader(of: value)?.expires == UnixTime(seconds: 66))
        #expect(Array(value[9..<17]) == fixture.keyring.sealingKey.id.bytes)
        let opened = try #require(try fixture.openMetadata(value).value)
        #expect(opened.version == 11)
        #expect(opened.writeToken == 22)
        #expect(opened.created == UnixTime(seconds: 33))
        #expect(opened.lastSeen == UnixTime(seconds: 44))
        #expect(opened.lifetime == 55)
        #expect(opened.deadline == UnixTime(seconds: 66))
        #expect(opened.expirySlot == UnixTime(seconds: 77))
        #expect(opened.bodyExpires == UnixTime(seconds: 88))
        #expect(opened.size == 99)
        #expect(opened.retired == UnixTime(seconds: 111))
        #expect(opened.successor == fixture.address)
        #expect(opened.tokenFamily == fixture.family)
        #expect(opened.binding == fixture.metadata.binding)
        #expect(opened.user == fixture.user)
        // The data key came through if it opens what the original one sealed.
        let body = try fixture.sealedBody([1, 2, 3])
        let key = try fixture.sealer.bodyKey(for: fixture.reference, dataKey: opened.dataKey)
        let data = try fixture.sealer.openBody(
            body,
            at: fixture.address,
            version: 11,
            expires: opened.bodyExpires,
            with: key
        )
        #expect(data.value == [1, 2, 3])
    }

    @Test("is rejected with any one byte changed")
    func flippedBytes() throws {
        let value = try fixture.sealedMetadata()
        for position in value.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var altered = value
                altered[position] ^= mask
                let rejection = try fixture.openMetadata(altered).rejection
                switch position {
                case 0: #expect(rejection == .unknownFormat)
                case 9..<17: #expect(rejection == .unknownKey(try #require(KeyID(altered[9..<17]))))
                default: #expect(rejection == .notAuthentic, "byte \(position)")
                }
            }
        }
    }

    @Test("is rejected at each shorter length, and with bytes behind it")
    func otherLengths() throws {
        let value = try fixture.sealedMetadata()
        for length in 0..<value.count {
            // From where it could be that of a session without a user on, only its seal tells.
            let expected: Rejection = length < 297 ? .truncated : .notAuthentic
            #expect(try fixture.openMetadata(Array(value.prefix(length))).rejection == expected)
        }
        #expect(try fixture.openMetadata(value + [0]).rejection == .notAuthentic)
        #expect(try fixture.openMetadata(value + [UInt8](repeating: 0, count: 1000)).rejection == .notAuthentic)
    }

    @Test("of every length of a user's name opens, and has the length that follows", arguments: [0, 1, 254, 255])
    func userNames(_ length: Int) throws {
        var metadata = fixture.metadata
        metadata.user = UserName([UInt8](repeating: 0, count: length)).map {
            SessionUser(name: $0, group: fixture.address, identified: UnixTime(seconds: 5))
        }
        let value = try fixture.sealer.seal(metadata, at: fixture.address, with: fixture.metadataKey)
        #expect(value.count == 297 + length)
        let opened = try #require(try fixture.openMetadata(value).value)
        #expect(opened.user == metadata.user)
        #expect((opened.user == nil) == (length == 0))
    }

    @Test("is rejected at another address")
    func movedToAnotherAddress() throws {
        let value = try fixture.sealedMetadata()
        let other = try fixture.sealer.address(of: makeReference("PHPSESSID", "another"))
        let otherKey = try fixture.sealer.metadataKey(at: other)
        #expect(try fixture.sealer.openMetadata(value, at: other, with: otherKey).rejection == .notAuthentic)
        // Nor does the address's name alone keep it there.
        #expect(
            try fixture.sealer.openMetadata(value, at: other, with: fixture.metadataKey).rejection == .notAuthentic
        )
    }

    @Test("sealed twice has no bytes in common but the clear ones")
    func freshNonces() throws {
        var nonces: Set<[UInt8]> = []
        var ciphertexts: Set<[UInt8]> = []
        for _ in 0..<200 {
            let value = try fixture.sealedMetadata()
            nonces.insert(Array(value[17..<29]))
            ciphertexts.insert(Array(value[29...]))
        }
        #expect(nonces.count == 200)
        #expect(ciphertexts.count == 200)
    }

    @Test("under an older key of the keyring opens, and is sealed again under the first")
    func rotation() throws {
        let value = try fixture.sealedMetadata()
        let new = try MasterKey(SecureBytes.random(count: 32))
        let rotated = try SessionSealer(
            keyring: Keyring([new, fixture.keyring.sealingKey]),
            pool: .standard,
            wrappedAddressKey: fixture.wrapped
        )
        #expect(try rotated.address(of: fixture.reference) == fixture.address)
        let key = try rotated.metadataKey(at: fixture.address)
        #expect(key.masterKeyID == new.id)
        let opened = try #require(try rotated.openMetadata(value, at: fixture.address, with: key).value)
        let again = try rotated.seal(opened, at: fixture.address, with: key)
        #expect(Array(again[9..<17]) == new.id.bytes)
        #expect(try rotated.openMetadata(again, at: fixture.address, with: key).value?.version == 11)
        #expect(try fixture.openMetadata(again).rejection == .unknownKey(new.id))
    }

    @Test("opens on many threads at once")
    func concurrentUse() async throws {
        let fixture = fixture
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number: UInt8 in 0..<16 {
                group.addTask {
                    for round: UInt8 in 0..<50 {
                        let data = [number, round]
                        guard try fixture.openBody(fixture.sealedBody(data)).value == data,
                            try fixture.openMetadata(fixture.sealedMetadata()).value?.version == 11,
                            try fixture.sealer.address(of: fixture.reference) == fixture.address
                        else { return false }
                    }
                    return true
                }
            }
            for try await succeeded in group { #expect(succeeded) }
        }
    }
}
