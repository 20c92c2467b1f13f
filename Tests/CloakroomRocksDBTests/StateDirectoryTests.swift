// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import Foundation
import Testing

@Suite("The state directory")
struct StateDirectoryTests {
    private let directory: TemporaryDirectory
    private var state: String { directory.path(of: "state") }

    init() throws { directory = try TemporaryDirectory() }

    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func open(_ path: String) throws {
        let store = try RocksDBStore(directory: path, durability: .process)
        store.close()
    }

    /// Expects that a path is refused for what it is, and that the message has the remedy.
    private func expectRefusal(
        of path: String,
        remedy: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try open(path) }
        #expect(error?.code == .directory, sourceLocation: sourceLocation)
        let message = error?.message ?? ""
        #expect(message.contains(directory.path), sourceLocation: sourceLocation)
        #expect(message.contains(remedy), sourceLocation: sourceLocation)
    }

    @Test("a missing directory is made, and nobody else can enter it, whatever the umask", arguments: [0o000, 0o077])
    func made(_ mask: Int) async throws {
        // In a process of its own, as the mask belongs to the process.
        await #expect(processExitsWith: .success) { [mask = mask as Int, state = state as String] in
            umask(mode_t(mask))
            let store = try RocksDBStore(directory: state, durability: .process)
            store.close()
        }
        #expect(try mode(of: state) == 0o700)
        #expect(try mode(of: state + "/rocksdb") == 0o700)
    }

    @Test("an empty directory of mode 0700 is taken")
    func taken() throws {
        try FileManager.default.createDirectory(
            atPath: state,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        try open(state + "/")
    }

    @Test("a missing parent is not made")
    func missingParent() {
        expectRefusal(of: directory.path(of: "missing/state"), remedy: "create its parent directory first")
        #expect(!FileManager.default.fileExists(atPath: directory.path(of: "missing")))
    }

    @Test("a symbolic link is refused, also with slashes behind it", arguments: ["", "/", "//"])
    func symbolicLink(_ end: String) throws {
        try open(state)
        let link = directory.path(of: "link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: state)
        expectRefusal(of: link + end, remedy: "name a real directory")
    }

    @Test("a symbolic link to nothing is refused")
    func danglingLink() throws {
        try FileManager.default.createSymbolicLink(atPath: state, withDestinationPath: "missing")
        expectRefusal(of: state, remedy: "name a real directory")
        #expect(!FileManager.default.fileExists(atPath: directory.path(of: "missing")))
    }

    @Test("a symbolic link in place of the database's directory is refused")
    func linkedDatabase() throws {
        try open(state)
        try FileManager.default.moveItem(atPath: state + "/rocksdb", toPath: directory.path(of: "elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: state + "/rocksdb", withDestinationPath: "../elsewhere")
        expectRefusal(of: state, remedy: "name a real directory")
    }

    @Test("a regular file in its place is refused and left alone")
    func regularFile() throws {
        try Data([1, 2, 3]).write(to: URL(filePath: state))
        expectRefusal(of: state, remedy: "name a real directory")
        #expect(try Data(contentsOf: URL(filePath: state)) == Data([1, 2, 3]))
    }

    @Test("a regular file as its parent is refused")
    func regularFileAbove() throws {
        try Data().write(to: URL(filePath: state))
        expectRefusal(of: state + "/below", remedy: "create it")
    }

    @Test("a mode that lets others in is refused", arguments: [0o750, 0o705, 0o710, 0o701, 0o720, 0o777])
    func otherUsers(_ mode: Int) throws {
        try open(state)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: state)
        expectRefusal(of: state, remedy: "run: chmod 700 \(state)")
        #expect(try self.mode(of: state) == mode, "it is not changed behind the operator's back")
    }

    @Test("a mode that lets others into the database's directory is refused")
    func otherUsersBelow() throws {
        try open(state)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state + "/rocksdb")
        expectRefusal(of: state, remedy: "run: chmod 700 \(state)/rocksdb")
    }

    @Test("a directory of another user is refused")
    func otherOwner() throws {
        try open(state)
        try #require(chown(state, 65534, 65534) == 0, "this test needs root")
        expectRefusal(of: state, remedy: "run: chown 0 \(state)")
    }
}
