// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Testing

@testable import CloakroomRocksDB

@Suite("StoreError from a status of RocksDB")
struct StoreErrorStatusTests {
    @Test(
        "has the code that fits",
        arguments: [
            ("Corruption: block checksum mismatch: stored = 1, computed = 2 in 000009.sst offset 0", .corruption),
            ("IO error: No space left on device: While appending to file: /s/rocksdb/000004.log", .space),
            ("IO error: While open a file for appending: /s/rocksdb/000004.log: Read-only file system", .inputOutput),
            ("Resource busy: ", .busy),
            ("Shutdown in progress: ", .inputOutput),
        ] as [(String, StoreError.Code)]
    )
    func mapsStatus(status: String, code: StoreError.Code) {
        let error = StoreError(status: status, while: "writing to the store")
        #expect(error.code == code)
        #expect(error.message.contains(status))
        #expect(error.message.hasPrefix("writing to the store"))
    }

    @Test(
        "of an open has the code that fits",
        arguments: [
            ("IO error: While lock file: /s/rocksdb/LOCK: Resource temporarily unavailable", .busy),
            (
                "IO error: lock hold by current process, acquire time 1 acquiring thread 2: /s/rocksdb/LOCK: No locks",
                .busy
            ),
            ("Invalid argument: Column families not opened: tags", .format),
            ("Corruption: truncated header", .corruption),
            ("IO error: No space left on device: /s/rocksdb/000004.log", .space),
        ] as [(String, StoreError.Code)]
    )
    func mapsOpenStatus(status: String, code: StoreError.Code) {
        let error = StoreError(openStatus: status, directory: "/s")
        #expect(error.code == code)
        #expect(error.message.contains("/s"))
    }

    @Test("says that a full disk needs space, and that a lock is another daemon's")
    func namesTheRemedy() {
        let full = StoreError(status: "IO error: No space left on device", while: "x")
        #expect(full.message.contains("free at least 200 MB"))
        #expect(
            StoreError(openStatus: "IO error: While lock file: /s/rocksdb/LOCK: x", directory: "/s").message
                .hasPrefix("another cloakroomd has /s open")
        )
    }
}
