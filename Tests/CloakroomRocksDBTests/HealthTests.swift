// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite struct HealthTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func healthyStoreSaysHowLargeItIs() throws {
        let store = try RocksDBStore(directory: directory.path(of: "state"), durability: .process)
        let empty = store.health()
        #expect(empty.writes == .taken)
        #expect(empty.sinceSync == nil)
        #expect(!empty.isPowerSafe)
        let disk = try #require(empty.disk)
        #expect(disk.free > 0 && disk.free <= disk.size)
        let size = 100_000
        for number in 0..<10 as Range<UInt8> {
            let slot = ExpirySlot(UnixTime(seconds: 4_000_000_000))
            try store.apply(
                RecordUpdate(
                    address: try #require(SessionAddress([UInt8](repeating: number, count: 32))),
                    metadata: RecordHeader(expires: UnixTime(seconds: 4_000_000_000)).bytes,
                    body: [UInt8](repeating: number, count: size),
                    previousExpiry: nil,
                    expiry: ExpiryFiling(slot: slot, kibibytes: 1)
                )
            )
        }
        try store.synchronize()
        let filled = store.health()
        let engine = try #require(filled.engine)
        #expect(engine.records == 10)
        #expect(engine.fileBytes > 10 * UInt64(size))
        #expect(engine.backgroundErrors == 0)
        #expect(filled.sinceSync != nil)
    }

    @Test func durabilityIsNamed() throws {
        let store = try RocksDBStore(directory: directory.path(of: "state"), durability: .power)
        #expect(store.health().isPowerSafe)
    }

    @Test func closedStoreAnswersThatItCannotBeRead() throws {
        let store = try RocksDBStore(directory: directory.path(of: "state"), durability: .process)
        store.close()
        let health = store.health()
        #expect(health.engine == nil)
        guard case .refused(let reason) = health.writes else {
            Issue.record("a closed store takes writes")
            return
        }
        #expect(reason.contains("closed"))
    }
}
