// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Glibc

/// The files of the write-ahead log, as far as bringing them to disk goes.
///
/// `rocksdb_flush_wal` would do that too, but ends the process by an assertion when a write to the log has failed before
/// (a full disk; RocksDB 7.8 as Debian builds it), even when the two calls merely overlap. Each write has left its record
/// in the kernel when it returns, so syncing the files from here does the same, and cannot meet RocksDB in a bad state.
struct WriteAheadLog {
    /// The database's directory.
    let directory: String

    /// Brings what was written so far to disk.
    ///
    /// - Throws: ``StoreError/Code/inputOutput`` with what `fdatasync(2)` said.
    func synchronize() throws(StoreError) {
        for name in try names() {
            // A log that is gone by now was no longer needed: its records are in files that RocksDB has synced.
            guard let log = try descriptor(directory + "/" + name, O_WRONLY) else { continue }
            defer { close(log) }
            guard fdatasync(log) == 0 else { throw fault(errno) }
        }
        // The log may be younger than the last sync of the directory, and its name not yet on disk.
        guard let own = try descriptor(directory, O_RDONLY | O_DIRECTORY) else { throw fault(ENOENT) }
        defer { close(own) }
        guard fsync(own) == 0 else { throw fault(errno) }
    }

    private func names() throws(StoreError) -> [String] {
        guard let stream = opendir(directory) else { throw fault(errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name.hasSuffix(".log") { names.append(name) }
        }
        return names
    }

    /// Opens a file, or answers `nil` when there is none.
    private func descriptor(_ path: String, _ flags: Int32) throws(StoreError) -> Int32? {
        let descriptor = open(path, flags | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        guard errno == ENOENT else { throw fault(errno) }
        return nil
    }

    private func fault(_ code: Int32) -> StoreError {
        StoreError(
            .inputOutput,
            "cannot sync the write-ahead log in \(directory): \(String(cString: strerror(code))); check the disk and the "
                + "kernel log: a power failure now would lose the latest changes"
        )
    }
}
