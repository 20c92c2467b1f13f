// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import CloakroomTestKit
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    @Test("conforms", arguments: SessionStoreConformance.checks)
    func conforms(_ check: SessionStoreConformance.Check) async throws {
        try await check.run(on: MemoryStore())
    }

    @Test("throws its fault from every call, and works again without it")
    func throwsItsFault() async throws {
        let store = MemoryStore()
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        store.fault = StoreError(.inputOutput, "the disk is full")
        #expect(throws: StoreError(.inputOutput, "")) { try store.record(at: StoreSamples.address(1)) }
        #expect(throws: StoreError(.inputOutput, "")) { try store.synchronize() }
        store.fault = nil
        #expect(try store.metadata(at: StoreSamples.address(1)) == [1])
    }
}
