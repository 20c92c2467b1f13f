// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Glibc

/// A directory that has files only, as that of a database.
struct FlatDirectory {
    /// Where it is, or was.
    let path: String

    /// Removes it with all its files, if it is there.
    ///
    /// - Throws: ``StoreError`` when something of it is left.
    func remove() throws(StoreError) {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return }
            throw fault(errno)
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            guard unlinkat(dirfd(stream), name, 0) == 0 || errno == ENOENT else { throw fault(errno) }
        }
        guard rmdir(path) == 0 || errno == ENOENT else { throw fault(errno) }
    }

    private func fault(_ code: Int32) -> StoreError {
        StoreError(.inputOutput, "cannot remove the directory \(path): \(SystemMessage.text(code)); remove it by hand")
    }
}
