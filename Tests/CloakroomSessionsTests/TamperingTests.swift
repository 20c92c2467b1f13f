// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomSessions
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite struct TamperingTests {
    @Test func everyFlippedByteIsRefusedAndCounted() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "user|s:5:\"alice\";")
        let (address, record) = try #require(bench.store.records.first)
        let body = try #require(record.body)
        for index in 0..<(record.metadata.count + body.count) {
            var (metadata, flipped) = (record.metadata, body)
            if index < metadata.count { metadata[index] ^= 0x41 } else { flipped[index - metadata.count] ^= 0x41 }
            try put(StoredRecord(metadata: metadata, body: flipped), at: address, in: bench)
            let restarted = try await bench.restarted()
            #expect(try restarted.service.readSnapshot(session) == .absent(.unreadable), "byte \(index)")
            #expect(restarted.service.statistics[.unreadable] == 1)
        }
        try put(record, at: address, in: bench)
        #expect(try await bench.restarted().read(session, SessionClient(pid: 1)).text == "user|s:5:\"alice\";")
    }

    @Test func recordCopiedToAnotherSessionIsRefused() async throws {
        let bench = try await Bench()
        let (alice, mallory) = (try Bench.session("alice"), try Bench.session("mallory"))
        _ = try await bench.make(mallory, "mallory's")
        let (address, _) = try #require(bench.store.records.first)
        _ = try await bench.make(alice, "alice's")
        let stolen = try #require(bench.store.records.first { $0.key != address }).value
        try put(stolen, at: address, in: bench)
        #expect(try await bench.restarted().service.readSnapshot(mallory) == .absent(.unreadable))
    }

    @Test func olderBodyUnderNewerMetadataIsRefused() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "first")
        let (address, old) = try #require(bench.store.records.first)
        _ = try await bench.write("second", session, version: version, SessionClient(pid: 1))
        let new = try #require(bench.store.records.first).value
        try put(StoredRecord(metadata: new.metadata, body: old.body), at: address, in: bench)
        #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.unreadable))
    }

    @Test func metadataWithoutBodyAndPlainTextAreRefused() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice")
        let (address, record) = try #require(bench.store.records.first)
        let plain = Array("user|s:5:\"admin\";".utf8)
        for body in [plain, RecordHeader(expires: UnixTime(seconds: .max)).bytes + plain] {
            try put(StoredRecord(metadata: record.metadata, body: body), at: address, in: bench)
            #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.unreadable))
            try put(StoredRecord(metadata: body, body: body), at: address, in: bench)
            #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.unreadable))
        }
        try bench.store.remove(address, expiry: nil)
        try bench.store.apply(
            RecordUpdate(
                address: address,
                metadata: record.metadata,
                body: nil,
                previousExpiry: nil,
                expiry: StoreSamples.filing(.max)
            )
        )
        #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.unreadable))
    }

    @Test func olderBodyIsRefusedByTheDaemonThatWroteTheNewerOne() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "first")
        let (address, old) = try #require(bench.store.records.first)
        _ = try await bench.write("second", session, version: version, SessionClient(pid: 1))
        try put(old, at: address, in: bench)
        #expect(try bench.service.readSnapshot(session) == .absent(.unreadable))
    }

    @Test func unreadableSessionCanBeMadeAnew() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice")
        let (address, record) = try #require(bench.store.records.first)
        try put(StoredRecord(metadata: [1, 2, 3], body: record.body), at: address, in: bench)
        let restarted = try await bench.restarted()
        let client = SessionClient(pid: 1)
        #expect(try await restarted.read(session, client) == (0, ""))
        _ = try await restarted.write("new", session, version: 0, client).version
        #expect(try await restarted.read(session, client).text == "new")
    }

    @Test func storeSealedUnderAnotherKeyIsRefusedByName() async throws {
        let bench = try await Bench()
        let other = try MasterKey(SecureBytes.random(count: MasterKey.length))
        let error = #expect(throws: CryptoError.self) {
            _ = try SessionSealer.open(bench.store, keyring: Keyring([other]), pool: .standard)
        }
        #expect(error?.code == .keyring)
        #expect(error?.message.contains("\(other.id)") == true)
    }

    @Test func storeWhoseAddressKeyIsLostIsRefused() async throws {
        let bench = try await Bench()
        _ = try await bench.make(try Bench.session(), "alice")
        try bench.store.setProperty(StoreProperty("pool/default/address-key"), to: [])
        let key = try MasterKey(SecureBytes.random(count: MasterKey.length))
        #expect(throws: CryptoError.self) {
            _ = try SessionSealer.open(bench.store, keyring: Keyring([key]), pool: .standard)
        }
    }

    @Test func neitherIdsNorContentsReachTheStore() async throws {
        let bench = try await Bench()
        _ = try await bench.make(try Bench.session("identifier"), "contents of a session")
        for (address, record) in bench.store.records {
            let stored = address.bytes + record.metadata + (record.body ?? [])
            #expect(!stored.contains(Array("identifier".utf8)))
            #expect(!stored.contains(Array("contents".utf8)))
            #expect(!stored.contains(Array("PHPSESSID".utf8)))
        }
    }

    /// Replaces a record as somebody who can write to the store would.
    private func put(_ record: StoredRecord, at address: SessionAddress, in bench: Bench) throws {
        let filing = bench.store.entries.first { $0.address == address }?.filing
        try bench.store.apply(
            RecordUpdate(
                address: address,
                metadata: record.metadata,
                body: record.body,
                previousExpiry: filing,
                expiry: try #require(filing)
            )
        )
    }
}
