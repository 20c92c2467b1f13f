// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Glibc

/// Finds out whether a directory can be written to again after a fault, before the database is closed for it.
struct DiskProbe {
    /// What RocksDB wants to have for a new log and a table of what is in memory.
    private static let space: UInt64 = 200 << 20

    /// The directory.
    let directory: String

    /// Writes a small file, brings it to disk, and removes it.
    ///
    /// - Throws: ``StoreError`` when that, or something as large, would not go.
    func run() throws(StoreError) {
        var system = statvfs()
        guard statvfs(directory, &system) == 0 else { throw fault("examine", errno) }
        guard UInt64(system.f_bavail) * UInt64(system.f_frsize) >= Self.space else { throw fault("write to", ENOSPC) }
        let path = directory + "/probe"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw fault("write to", errno) }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0, count: 4096)
        guard write(file, block, block.count) == block.count else { throw fault("write to", errno) }
        guard fsync(file) == 0 else { throw fault("sync", errno) }
    }

    private func fault(_ action: String, _ code: Int32) -> StoreError {
        StoreError(
            code == ENOSPC ? .space : .inputOutput,
            "cannot \(action) \(directory): \(SystemMessage.text(code)); check the disk and the kernel log"
        )
    }
}
