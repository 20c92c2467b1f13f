// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// The files of a store, for tests that copy and damage them. They go when the last copy of this value does, so a store
/// in them needs a name for it.
struct StoreFiles {
    private let directory: TemporaryDirectory

    /// A place for a store that does not exist yet.
    init() throws { directory = try TemporaryDirectory() }

    /// A copy of a store's files as they are now. Of an open store it is what a kill of the process would leave.
    init(copying other: StoreFiles) throws {
        try self.init()
        try FileManager.default.copyItem(atPath: other.state, toPath: state)
    }

    /// The state directory.
    var state: String { directory.path(of: "state") }

    /// The path of a database file.
    func path(of name: String) -> String { state + "/rocksdb/" + name }

    /// The names of all database files in order; the numbers in them are padded, so that newer ones come later.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state + "/rocksdb").sorted()
    }

    /// The name of the write-ahead log that is written to.
    func newestLog() throws -> String { try #require(try names().last { $0.hasSuffix(".log") }) }

    /// The names of the table files.
    func tables() throws -> [String] { try names().filter { $0.hasSuffix(".sst") } }

    /// The contents of a file.
    func contents(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(of: name))))
    }

    /// Replaces the contents of a file.
    func replace(_ name: String, with contents: some Sequence<UInt8>) throws {
        try Data(contents).write(to: URL(filePath: path(of: name)))
    }

    /// Flips one bit of the byte at an offset.
    func flip(_ name: String, at offset: Int, bit: Int = 0) throws {
        var bytes = try contents(of: name)
        bytes[offset] ^= 1 << UInt8(bit)
        try replace(name, with: bytes)
    }
}
