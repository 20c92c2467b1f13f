// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
@testable import CloakroomCrypto
import Foundation
import Testing

@Suite("The record format, against an independent implementation")
struct RecordFormatVectorTests {
    let vectors: RecordFormatVectors

    init() throws {
        try SecureHeap.prepare()
        vectors = try RecordFormatVectors.load()
    }

    private func keyring(_ vector: RecordFormatVectors.Vector) throws -> Keyring {
        try Keyring([MasterKey(SecureBytes(copying: [UInt8](hexadecimal: vector.inputs.masterKey)))])
    }

    private func reference(_ vector: RecordFormatVectors.Vector) throws -> SessionReference {
        SessionReference(
            name: try #require(SessionName([UInt8](hexadecimal: vector.inputs.sessionName))),
            id: try #require(SessionID([UInt8](hexadecimal: vector.inputs.sessionId)))
        )
    }

    private func sealer(_ vector: RecordFormatVectors.Vector) throws -> SessionSealer {
        try SessionSealer(
            keyring: keyring(vector),
            pool: .standard,
            wrappedAddressKey: [UInt8](hexadecimal: vector.outputs.wrappedAddressKey)
        )
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func hexadecimal(_ words: (UInt64, UInt64)) -> String { hexadecimal(words.0) + hexadecimal(words.1) }

    private func hexadecimal(_ key: SecureBytes) -> String { key.withUnsafeBytes { Array($0) }.hexadecimal }

    @Test("there are vectors")
    func present() {
        #expect(vectors.format == 1)
        #expect(vectors.cases.count >= 9)
    }

    @Test("all keys and addresses are the same")
    func keys() throws {
        for vector in vectors.cases {
            let master = try keyring(vector).sealingKey
            let sealer = try sealer(vector)
            let reference = try reference(vector)
            let address = try sealer.address(of: reference)
            let metadataKey = try sealer.metadataKey(at: address)
            let dataKey = DataKey(bytes: try SecureBytes(copying: [UInt8](hexadecimal: vector.inputs.dataKey)))
            let bodyKey = try sealer.bodyKey(for: reference, dataKey: dataKey)
            let title = Comment(rawValue: vector.title)
            #expect("\(master.id)" == vector.outputs.keyId, title)
            #expect(reference.encoded.hexadecimal == vector.outputs.reference, title)
            #expect(address.bytes.hexadecimal == vector.outputs.address, title)
            #expect(hexadecimal(metadataKey.bytes) == vector.outputs.metadataKey, title)
            #expect(hexadecimal(bodyKey.bytes) == vector.outputs.bodyKey, title)
            if let user = UserName(try [UInt8](hexadecimal: vector.inputs.user)) {
                #expect(try sealer.group(of: user).bytes.hexadecimal == vector.outputs.group, title)
            }
        }
    }

    @Test("all values open to what was sealed")
    func values() throws {
        for vector in vectors.cases {
            let sealer = try sealer(vector)
            let reference = try reference(vector)
            let address = try sealer.address(of: reference)
            let value = try [UInt8](hexadecimal: vector.outputs.metadata)
            let opened = try sealer.openMetadata(value, at: address, with: sealer.metadataKey(at: address)).value
            let metadata = try #require(opened, Comment(rawValue: vector.title))
            #expect(hexadecimal(metadata.dataKey.bytes) == vector.inputs.dataKey)
            #expect(metadata.version == vector.inputs.version)
            #expect(metadata.writeToken == vector.inputs.writeToken)
            #expect(metadata.created.seconds == vector.inputs.created)
            #expect(metadata.lastSeen.seconds == vector.inputs.lastSeen)
            #expect(metadata.lifetime == vector.inputs.lifetime)
            #expect(metadata.deadline.seconds == vector.inputs.deadline)
            #expect(metadata.expirySlot.seconds == vector.inputs.expirySlot)
            #expect(metadata.bodyExpires.seconds == vector.inputs.bodyExpires)
            #expect(metadata.retired?.seconds ?? 0 == vector.inputs.retired)
            #expect((metadata.successor ?? .none).bytes.hexadecimal == vector.inputs.successor)
            #expect((metadata.tokenFamily ?? .none).bytes.hexadecimal == vector.inputs.tokenFamily)
            #expect(metadata.binding.version == vector.inputs.bindingVersion)
            #expect(metadata.binding.prefix == vector.inputs.bindingPrefix)
            #expect(hexadecimal(metadata.binding.network) == vector.inputs.bindingNetwork)
            #expect(hexadecimal(metadata.binding.family) == vector.inputs.bindingFamily)
            #expect(hexadecimal(metadata.binding.agent) == vector.inputs.bindingAgent)
            #expect((metadata.user?.name.bytes ?? []).hexadecimal == vector.inputs.user)
            #expect((metadata.user?.group ?? .none).bytes.hexadecimal == vector.outputs.group)
            #expect(metadata.user?.identified.seconds ?? 0 == vector.inputs.identified)
            let contents = try [UInt8](hexadecimal: vector.inputs.body)
            #expect(metadata.size == UInt64(contents.count))
            let body = try sealer.openBody(
                [UInt8](hexadecimal: vector.outputs.body),
                at: address,
                version: metadata.version,
                expires: metadata.bodyExpires,
                with: sealer.bodyKey(for: reference, dataKey: metadata.dataKey)
            )
            #expect(body.value == contents, Comment(rawValue: vector.title))
        }
    }

    @Test("families of tokens are the same")
    func families() throws {
        #expect(vectors.families.count >= 4)
        for vector in vectors.families {
            let title = Comment(rawValue: vector.title)
            let master = try MasterKey(SecureBytes(copying: [UInt8](hexadecimal: vector.inputs.masterKey)))
            let sealer = try SessionSealer(
                keyring: Keyring([master]),
                pool: .standard,
                wrappedAddressKey: [UInt8](hexadecimal: vector.outputs.wrappedAddressKey)
            )
            let token = try #require(RememberToken([UInt8](hexadecimal: vector.inputs.token)))
            let user = try #require(UserName([UInt8](hexadecimal: vector.inputs.user)))
            let address = try sealer.address(of: token)
            #expect(address.bytes.hexadecimal == vector.outputs.address, title)
            #expect(try sealer.tokenGroup(of: user).bytes.hexadecimal == vector.outputs.group, title)
            #expect(try sealer.digest(of: token).bytes.hexadecimal == vector.outputs.digest, title)
            let value = try [UInt8](hexadecimal: vector.outputs.record)
            let key = try sealer.metadataKey(at: address)
            let family = try #require(try sealer.openFamily(value, at: address, with: key).value, title)
            #expect(try family.present.matches(sealer.digest(of: token)), title)
            #expect(family.previous?.time.seconds ?? 0 == vector.inputs.replaced, title)
            if let previous = family.previous {
                let before = try Array(token.selector) + [UInt8](hexadecimal: vector.inputs.previous)
                #expect(try previous.digest.matches(sealer.digest(of: #require(RememberToken(before)))), title)
            }
            #expect(family.created.seconds == vector.inputs.created, title)
            #expect(family.deadline.seconds == vector.inputs.deadline, title)
            #expect(family.binding.version == vector.inputs.bindingVersion, title)
            #expect(family.binding.prefix == vector.inputs.bindingPrefix, title)
            #expect(hexadecimal(family.binding.network) == vector.inputs.bindingNetwork, title)
            #expect(hexadecimal(family.binding.family) == vector.inputs.bindingFamily, title)
            #expect(hexadecimal(family.binding.agent) == vector.inputs.bindingAgent, title)
            #expect(family.user == user, title)
            // All but the nonce, the ciphertext and its tag.
            let again = try sealer.seal(family, at: address, with: key)
            #expect(again.count == value.count && again.prefix(17) == value.prefix(17), title)
            #expect(try sealer.openFamily(again, at: address, with: key).value?.user == user, title)
        }
    }

    @Test("values of another pool do not open, though all keys that do not depend on the pool be the same")
    func anotherPool() throws {
        let here = try #require(vectors.cases.first { $0.title == vectors.otherPool.title })
        let there = vectors.otherPool
        try #require(here.outputs.address == there.outputs.address && here.outputs.bodyKey == there.outputs.bodyKey)
        #expect(throws: CryptoError(.keyring, "")) { try self.sealer(there) }
        let sealer = try sealer(here)
        let reference = try reference(here)
        let address = try sealer.address(of: reference)
        let key = try sealer.metadataKey(at: address)
        let metadata = try sealer.openMetadata([UInt8](hexadecimal: there.outputs.metadata), at: address, with: key)
        #expect(metadata.rejection == .notAuthentic)
        // Even under the other pool's metadata key.
        let otherKey = MetadataKey(
            masterKeyID: key.masterKeyID,
            bytes: try SecureBytes(copying: [UInt8](hexadecimal: there.outputs.metadataKey))
        )
        let again = try sealer.openMetadata([UInt8](hexadecimal: there.outputs.metadata), at: address, with: otherKey)
        #expect(again.rejection == .notAuthentic)
        let dataKey = DataKey(bytes: try SecureBytes(copying: [UInt8](hexadecimal: here.inputs.dataKey)))
        let body = try sealer.openBody(
            [UInt8](hexadecimal: there.outputs.body),
            at: address,
            version: there.inputs.version,
            expires: UnixTime(seconds: there.inputs.bodyExpires),
            with: sealer.bodyKey(for: reference, dataKey: dataKey)
        )
        #expect(body.rejection == .notAuthentic)
    }

    @Test("the vectors are what the independent implementation computes today")
    func vectorsAreCurrent() throws {
        let result = try RecordFormatProgram.run(["--check", RecordFormatVectors.path])
        #expect(result.status == 0, Comment(rawValue: result.errors))
    }

    @Test("the independent implementation opens what is sealed here", arguments: [0, 1, 2048])
    func opensElsewhere(size: Int) throws {
        let vector = vectors.cases[0]
        let keyring = try keyring(vector)
        let wrapped = try SessionSealer.makeWrappedAddressKey(keyring: keyring, pool: .standard)
        let sealer = try SessionSealer(keyring: keyring, pool: .standard, wrappedAddressKey: wrapped)
        let reference = try reference(vector)
        let address = try sealer.address(of: reference)
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        // Without a user, and with the shortest and the longest name.
        let name = UserName([UInt8](repeating: 0xee, count: [0: 0, 1: 1][size] ?? 255))
        let user = try name.map {
            SessionUser(name: $0, group: try sealer.group(of: $0), identified: UnixTime(seconds: 15))
        }
        let family = try sealer.address(of: sealer.makeToken())
        let metadata = SessionMetadata(
            dataKey: try DataKey.random(),
            version: 1,
            writeToken: .max,
            created: UnixTime(seconds: 3),
            lastSeen: UnixTime(seconds: 4),
            lifetime: 5,
            deadline: UnixTime(seconds: 6),
            expirySlot: UnixTime(seconds: 7),
            bodyExpires: UnixTime(seconds: 8),
            size: UInt64(size),
            retired: UnixTime(seconds: 9),
            successor: address,
            tokenFamily: family,
            binding: SessionBinding(version: 6, prefix: 48, network: (10, 11), family: 12, agent: (13, 14)),
            user: user
        )
        let body = try sealer.sealBody(
            data,
            at: address,
            version: metadata.version,
            expires: metadata.bodyExpires,
            with: sealer.bodyKey(for: reference, dataKey: metadata.dataKey)
        )
        let stored = [
            "pool": PoolName.standard.bytes.hexadecimal,
            "master_key": vector.inputs.masterKey,
            "wrapped_address_key": wrapped.hexadecimal,
            "session_name": vector.inputs.sessionName,
            "session_id": vector.inputs.sessionId,
            "metadata": try sealer.seal(metadata, at: address, with: sealer.metadataKey(at: address)).hexadecimal,
            "body": body.hexadecimal,
        ]
        let result = try RecordFormatProgram.run(["--open"], input: JSONEncoder().encode(stored))
        try #require(result.status == 0, Comment(rawValue: result.errors))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let opened = try decoder.decode(RecordFormatProgram.OpenedValues.self, from: result.output)
        let expected = RecordFormatProgram.OpenedValues(
            address: address.bytes.hexadecimal,
            dataKey: hexadecimal(metadata.dataKey.bytes),
            body: data.hexadecimal,
            version: 1,
            writeToken: .max,
            created: 3,
            lastSeen: 4,
            lifetime: 5,
            deadline: 6,
            expirySlot: 7,
            bodyExpires: 8,
            size: UInt64(size),
            retired: 9,
            successor: address.bytes.hexadecimal,
            tokenFamily: family.bytes.hexadecimal,
            bindingVersion: 6,
            bindingPrefix: 48,
            bindingNetwork: hexadecimal((10, 11)),
            bindingFamily: hexadecimal(12),
            bindingAgent: hexadecimal((13, 14)),
            identified: user == nil ? 0 : 15,
            group: (user?.group ?? .none).bytes.hexadecimal,
            user: (user?.name.bytes ?? []).hexadecimal
        )
        #expect(opened == expected)
    }
}
