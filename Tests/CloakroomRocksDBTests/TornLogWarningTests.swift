// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite("The warning for a torn log")
struct TornLogWarningTests {
    @Test("says how much was dropped", arguments: [1, 6, 7, 500, 40_000])
    func dropped(_ bytes: Int) throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        let log = try files.newestLog()
        let whole = try files.contents(of: log).count
        let body = [UInt8](repeating: 7, count: 50_000)
        try store.apply(StoreSamples.update(2, metadata: [1], body: body, expiry: 10))
        let torn = try StoreFiles(copying: files)
        store.close()
        try torn.replace(log, with: try torn.contents(of: log).prefix(whole + bytes))
        let again = try RocksDBStore(directory: torn.state, durability: .process)
        defer { again.close() }
        #expect(again.warnings.count == 1)
        let warning = try #require(again.warnings.first)
        #expect(warning.contains(log))
        // The first fragment of the record fills its block; the next one begins another.
        let dropped = whole + bytes > 32_768 ? whole + bytes - 32_768 : bytes
        #expect(warning.contains("last \(dropped) of \(whole + bytes) bytes"), "\(warning)")
        #expect(warning.contains("power failure"))
        #expect(try again.record(at: StoreSamples.address(1)) != nil)
        #expect(try again.record(at: StoreSamples.address(2)) == nil)
    }
}
