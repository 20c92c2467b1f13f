// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Testing

@Suite("RocksDBStore conformance")
struct RocksDBStoreConformanceTests {
    @Test("conforms with every durability", arguments: SessionStoreConformance.checks, [Durability.process, .power])
    func conforms(_ check: SessionStoreConformance.Check, durability: Durability) async throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: durability)
        defer { store.close() }
        try await check.run(on: store)
    }
}
