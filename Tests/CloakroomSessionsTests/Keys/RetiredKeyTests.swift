// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomRocksDB
import CloakroomStore
import Foundation
import Testing

@testable import CloakroomSessions

@Suite("A retired key")
struct RetiredKeyTests {
    @Test("is named in no file of the store, and opens nothing in a copy of it")
    func opensNothing() async throws {
        let (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey())
        let bench = try RotationBench([old], .rocksDB)
        let state = try #require(bench.state)
        try await bench.make(0..<300)
        let wrapped = try #require(try bench.store.property(.addressKey(of: .standard)))
        // What was stored is in tables, too, and some of it gone since.
        try await bench.store.eraseReplaced()
        for number in 0..<50 {
            _ = try bench.service.destroy(RotationBench.session(number), for: SessionClient(pid: 1))
        }
        #expect(try !files(in: state, naming: old).isEmpty)
        let before = try bench.restarted([new, old])
        try await before.rotate()
        #expect(try await before.service.retire(old.id) == .retired)
        #expect(try files(in: state, naming: old) == [])
        #expect(try !files(in: state, naming: new).isEmpty)

        try FileManager.default.copyItem(atPath: state, toPath: state + ".copy")
        before.close()
        let copy = try RotationBench.open(state + ".copy", before.clock)
        defer { copy.close() }
        let error = #expect(throws: CryptoError.self) {
            _ = try SessionSealer.open(copy, keyring: Keyring([old]), pool: .standard)
        }
        #expect(error?.code == .keyring)
        // Not even with the address key, from an older copy.
        let thief = try SessionSealer(keyring: Keyring([old]), pool: .standard, wrappedAddressKey: wrapped)
        let records = try copy.metadata(after: nil, limit: .max)
        #expect(records.count == 250)
        for record in records {
            let key = try thief.metadataKey(at: record.address)
            guard case .rejected(let rejection) = try thief.openMetadata(record.value, at: record.address, with: key)
            else {
                Issue.record("opened")
                continue
            }
            #expect(rejection == .unknownKey(new.id))
        }
    }

    /// The files of a store in which the name of a key stands, as each value that it sealed begins with it.
    private func files(in state: String, naming key: MasterKey) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: state).filter { name in
            var isDirectory: ObjCBool = false
            let path = state + "/" + name
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
                return false
            }
            return try Data(contentsOf: URL(filePath: path)).range(of: Data(key.id.bytes)) != nil
        }
    }
}
