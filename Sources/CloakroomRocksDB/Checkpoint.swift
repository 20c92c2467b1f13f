// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Glibc

/// Where the checkpoint of a store is: in its state directory, and so on the file system of the tables, which are linked then and not
/// copied.
struct Checkpoint {
    /// Its directory.
    let path: String

    /// That of the store in a state directory.
    init(of state: String) { path = state + "/checkpoint" }

    /// Removes it, if there is one.
    ///
    /// - Throws: ``StoreError`` when something of it is left.
    func remove() throws(StoreError) {
        // RocksDB makes it under another name first (`utilities/checkpoint/checkpoint_impl.cc`).
        for path in [path, path + ".tmp"] { try FlatDirectory(path: path).remove() }
    }

    /// Its path for another process.
    ///
    /// - Throws: ``StoreError`` when it is not there.
    func absolutePath() throws(StoreError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw StoreError(.directory, "the checkpoint \(path) is not there: \(SystemMessage.text(errno))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
