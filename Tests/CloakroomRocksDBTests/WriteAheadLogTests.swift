// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import CloakroomProcessKit
import Foundation
import Testing

@testable import CloakroomRocksDB

@Suite("WriteAheadLog")
struct WriteAheadLogTests {
    @Test("syncs a directory with logs, and misses them in one without")
    func syncs() throws {
        let directory = try TemporaryDirectory()
        let log = WriteAheadLog(directory: directory.path)
        #expect(throws: StoreError(.directory, "")) { try log.synchronize() }
        try Data([1]).write(to: URL(filePath: directory.path(of: "000004.log")))
        try Data([2]).write(to: URL(filePath: directory.path(of: "000005.sst")))
        try log.synchronize()
    }

    @Test("throws when what it should sync cannot be synced")
    func throwsFaults() throws {
        let directory = try TemporaryDirectory()
        let fault = StoreError(.inputOutput, "")
        #expect(throws: fault) { try WriteAheadLog(directory: directory.path(of: "missing")).synchronize() }
        // A directory cannot be opened for writing, not even by root.
        try FileManager.default.createDirectory(
            atPath: directory.path(of: "000004.log"),
            withIntermediateDirectories: false
        )
        #expect(throws: fault) { try WriteAheadLog(directory: directory.path).synchronize() }
    }
}
