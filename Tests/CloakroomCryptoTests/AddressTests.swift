// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Testing

@Suite("Addresses and the store's address key")
struct AddressTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test("an address is the same each time, and differs for another name or id")
    func deterministic() throws {
        #expect(try fixture.sealer.address(of: fixture.reference) == fixture.address)
        #expect(try fixture.sealer.address(of: makeReference("PHPSESSID", "x")) != fixture.address)
    }

    @Test("two references that share a concatenation have different addresses")
    func sharedConcatenation() throws {
        let first = try fixture.sealer.address(of: makeReference("AB", "C"))
        let second = try fixture.sealer.address(of: makeReference("A", "BC"))
        #expect(first != second)
    }

    @Test("another store has other addresses")
    func anotherStore() throws {
        let wrapped = try SessionSealer.makeWrappedAddressKey(keyring: fixture.keyring, pool: .standard)
        let other = try SessionSealer(keyring: fixture.keyring, pool: .standard, wrappedAddressKey: wrapped)
        #expect(try other.address(of: fixture.reference) != fixture.address)
    }

    @Test("a wrapped address key has 68 bytes, and none of them may be changed or missing")
    func damagedAddressKey() throws {
        #expect(fixture.wrapped.count == 68)
        for position in fixture.wrapped.indices {
            var altered = fixture.wrapped
            altered[position] ^= 1
            expectRefusal(of: altered)
        }
        for length in 0..<fixture.wrapped.count { expectRefusal(of: Array(fixture.wrapped.prefix(length))) }
        expectRefusal(of: fixture.wrapped + [0])
    }

    private func expectRefusal(of wrapped: [UInt8]) {
        #expect(throws: CryptoError(.keyring, "")) {
            try SessionSealer(keyring: fixture.keyring, pool: .standard, wrappedAddressKey: wrapped)
        }
    }

    @Test("a store of another master key is refused, and the message names both keys")
    func anotherMasterKey() throws {
        let keyring = try Fixture(keys: 2).keyring
        let error = #expect(throws: CryptoError.self) {
            try SessionSealer(keyring: keyring, pool: .standard, wrappedAddressKey: fixture.wrapped)
        }
        let message = try #require(error?.message)
        #expect(
            message.hasPrefix(
                "the store was sealed with key \(fixture.keyring.sealingKey.id); "
                    + "the keyring has \(keyring.keys[0].id), \(keyring.keys[1].id): "
            )
        )
    }
}
