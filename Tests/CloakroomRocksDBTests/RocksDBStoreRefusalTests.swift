// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@testable import CloakroomRocksDB

@Suite("RocksDBStore refuses")
struct RocksDBStoreRefusalTests {
    private func fault(opening path: String) throws -> StoreError {
        try #require(throws: StoreError.self) { try RocksDBStore(directory: path, durability: .process) }
    }

    @Test("a state directory with any permission for others", arguments: [0o701, 0o710, 0o740, 0o755, 0o777])
    func openMode(mode: Int) throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.path)
        let fault = try fault(opening: directory.path)
        #expect(fault.code == .directory)
        #expect(fault.message.contains("chmod 700 \(directory.path)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }

    @Test("a database directory that others can enter")
    func openDatabaseDirectory() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path(of: "rocksdb"),
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o750]
        )
        #expect(try fault(opening: directory.path).code == .directory)
    }

    @Test("a state directory whose parent is missing")
    func missingParent() throws {
        let directory = try TemporaryDirectory()
        let fault = try fault(opening: directory.path(of: "missing/state"))
        #expect(fault.code == .directory)
        #expect(fault.message.contains("create its parent directory first"))
    }

    @Test("a file, and a symbolic link to a good directory")
    func notADirectory() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path(of: "file")
        try Data().write(to: URL(filePath: file))
        #expect(try fault(opening: file).code == .directory)

        let target = try TemporaryDirectory()
        let link = directory.path(of: "link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target.path)
        #expect(try fault(opening: link).code == .directory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == [])
    }

    @Test("a state directory of another user")
    func otherOwner() throws {
        let directory = try TemporaryDirectory()
        // As root the directory can be given away; as anybody else the root directory is somebody else's.
        var path = directory.path
        if geteuid() == 0 {
            try #require(chown(path, 65534, 65534) == 0)
        } else {
            path = "/"
        }
        let fault = try fault(opening: path)
        #expect(fault.code == .directory)
        #expect(fault.message.contains("chown"))
    }

    @Test("a second open, and lets go at close")
    func secondOpen() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        let fault = try fault(opening: directory.path)
        #expect(fault.code == .busy)
        #expect(fault.message.contains("another cloakroomd has \(directory.path) open"))
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        store.close()
        let again = try RocksDBStore(directory: directory.path, durability: .process)
        #expect(try again.metadata(at: StoreSamples.address(1)) == [1])
        again.close()
    }

    @Test("a store of another format")
    func otherFormat() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        try store.setProperty(StoreProperty("format"), to: Array("2".utf8))
        store.close()
        #expect(try fault(opening: directory.path).code == .format)
    }

    @Test("a database with data and no format, but not an empty one", arguments: [true, false])
    func missingFormat(withData: Bool) throws {
        let directory = try TemporaryDirectory()
        let path = try StateDirectory(preparing: directory.path(of: "rocksdb")).path
        try {
            let database = try Database(path: path, directory: directory.path, recovery: .exact)
            guard withData else { return }
            try database.setProperty(StoreProperty("other"), to: [1], WriteOptions(sync: false))
        }()
        if withData {
            #expect(try fault(opening: directory.path).code == .format)
        } else {
            try RocksDBStore(directory: directory.path, durability: .process).close()
        }
    }
}
