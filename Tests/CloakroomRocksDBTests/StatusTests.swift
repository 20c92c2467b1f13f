// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Testing

@testable import CloakroomRocksDB

/// Faults of RocksDB that are hard to cause, by their texts.
@Suite("Faults of RocksDB")
struct StatusTests {
    @Test(
        "an open that failed says why",
        arguments: [
            (
                "IO error: While lock file: /d/rocksdb/LOCK: Resource temporarily unavailable", .busy,
                "another cloakroomd"
            ),
            (
                "IO error: lock hold by current process, acquire time 1 acquiring thread 2: /d/rocksdb/LOCK: No locks"
                    + " available", .busy, "another cloakroomd"
            ),
            (
                "IO error: while open a file for lock: /d/rocksdb/LOCK: Read-only file system", .inputOutput,
                "check the disk"
            ),
            (
                "IO error: No space left on device: while open a file for lock: /d/rocksdb/LOCK: No space left on"
                    + " device", .space, "the disk is full"
            ),
            ("Invalid argument: Column families not opened: other", .format, "use the version that wrote it"),
            ("Invalid argument: a: does not match existing comparator b", .format, "use the version that wrote it"),
            ("Corruption: CURRENT file corrupted", .corruption, "restore a backup"),
            ("IO error: While pread: Input/output error", .inputOutput, "check the disk"),
        ] as [(String, StoreError.Code, String)]
    )
    func opening(_ status: String, _ code: StoreError.Code, _ remedy: String) {
        let error = StoreError(openStatus: status, directory: "/d")
        #expect(error.code == code)
        #expect(error.message.contains("/d"))
        #expect(error.message.contains(status))
        #expect(error.message.contains(remedy))
    }

    @Test(
        "a call that failed says why",
        arguments: [
            ("Corruption: block checksum mismatch", .corruption, "restore a backup"),
            ("IO error: No space left on device: While appending to file: x", .space, "the disk is full"),
            ("IO error: While fdatasync: x: Input/output error", .inputOutput, "resumes within seconds"),
            ("Resource busy: ", .busy, "try again"),
        ] as [(String, StoreError.Code, String)]
    )
    func calls(_ status: String, _ code: StoreError.Code, _ remedy: String) {
        let error = StoreError(status: status, while: "writing to the store")
        #expect(error.code == code)
        #expect(error.message.hasPrefix("writing to the store"))
        #expect(error.message.contains(status))
        #expect(error.message.contains(remedy))
    }
}
