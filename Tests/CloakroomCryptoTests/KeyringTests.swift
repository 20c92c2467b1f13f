// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@Suite("A keyring")
struct KeyringTests {
    init() throws { try SecureHeap.prepare() }

    @Test("refuses to be empty")
    func empty() {
        #expect(throws: CryptoError(.keyring, "")) { try Keyring([]) }
    }

    @Test("refuses a key that is there twice")
    func duplicate() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let first = try MasterKey(SecureBytes(copying: bytes))
        let second = try MasterKey(SecureBytes(copying: bytes))
        let other = try MasterKey(SecureBytes.random(count: 32))
        #expect(first.id == second.id)
        #expect(throws: CryptoError(.keyring, "")) { try Keyring([first, other, second]) }
    }

    @Test("seals with the first key and finds all of them")
    func order() throws {
        let keys = try (0..<3).map { _ in try MasterKey(SecureBytes.random(count: 32)) }
        let keyring = try Keyring(keys)
        #expect(keyring.sealingKey.id == keys[0].id)
        for key in keys { #expect(keyring.key(for: key.id)?.id == key.id) }
        #expect(keyring.key(for: try #require(KeyID([0, 0, 0, 0, 0, 0, 0, 0]))) == nil)
    }
}
