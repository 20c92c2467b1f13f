// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CRocksDB
import CloakroomStore
import Glibc

/// The files of the write-ahead log, as far as bringing them to disk goes.
///
/// `rocksdb_flush_wal` would do that too, but ends the process by an assertion when a write to the log has failed before
/// (a full disk; RocksDB 7.8 as Debian builds it), even when the two calls merely overlap. Each write has left its record
/// in the kernel when it returns, so syncing the files from here does the same, and cannot meet RocksDB in a bad state.
///
/// It also sees when the directory is not there any more: RocksDB goes on writing to files that no start will find.
final class WriteAheadLog: Sendable {
    /// The database's directory.
    let directory: String
    // Of the directory as it was found, wherever it is now.
    private let own: Int32

    /// The log in a database's directory.
    init(directory: String) {
        self.directory = directory
        own = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    deinit { if own >= 0 { close(own) } }

    private func checkDirectory() throws(StoreError) {
        var (opened, found) = (stat(), stat())
        guard own >= 0, fstat(own, &opened) == 0 else { throw fault(EBADF) }
        if stat(directory, &found) == 0 {
            if opened.st_dev == found.st_dev, opened.st_ino == found.st_ino { return }
            throw StoreError(
                .directory,
                "the store's directory \(directory) was replaced while it was in use; put back the one that was there, or "
                    + "restart cloakroomd to go on with the new one"
            )
        }
        let code = errno
        throw StoreError(
            .directory,
            "the store's directory \(directory) cannot be reached any more: \(SystemMessage.text(code)); "
                + (opened.st_nlink == 0
                    ? "it was removed; restore it from a backup and restart cloakroomd"
                    : "put it back, with its owner and mode")
        )
    }

    /// Brings what was written so far to disk.
    ///
    /// - Throws: ``StoreError/Code/inputOutput`` with what `fdatasync(2)` said; ``StoreError/Code/directory`` when the
    ///   directory or the log is gone.
    func synchronize() throws(StoreError) {
        guard let names = try presentNames() else { return try synchronizeFileSystem() }
        for name in names {
            switch open(name) {
            case .opened(let log):
                defer { close(log) }
                guard fdatasync(log) == 0 else { throw fault(errno) }
            // A log that is gone by now was no longer needed: its records are in files that RocksDB has synced.
            case .failed(ENOENT): continue
            case .failed(EMFILE), .failed(ENFILE): return try synchronizeFileSystem()
            case .failed(let code): throw fault(code)
            }
        }
        // The log may be younger than the last sync of the directory, and its name not yet on disk.
        guard fsync(own) == 0 else { throw fault(errno) }
    }

    /// Brings all of the file system to disk: when clients have taken all descriptors, which is no fault of the disk, there is
    /// none for a log.
    private func synchronizeFileSystem() throws(StoreError) {
        guard syncfs(own) == 0 else { throw fault(errno) }
    }

    /// Checks that directory and logs are still there.
    ///
    /// - Throws: ``StoreError/Code/directory`` when they are not.
    func checkPresence() throws(StoreError) { _ = try presentNames() }

    /// The names of the logs, or `nil` when there is no descriptor to list them with.
    private func presentNames() throws(StoreError) -> [String]? {
        try checkDirectory()
        var names = try names()
        // There is always a log. A new one may have come, and the old one gone, while the list was made.
        if names?.isEmpty == true { names = try self.names() }
        guard names?.isEmpty == true else { return names }
        throw StoreError(
            .directory,
            "the files of the store in \(directory) were removed while it was in use; restore them from a backup and "
                + "restart cloakroomd"
        )
    }

    /// The names of the logs that are not empty.
    ///
    /// - Throws: ``StoreError`` when the directory cannot be read.
    func writtenNames() throws(StoreError) -> [String] {
        guard let names = try presentNames() else { throw fault(EMFILE) }
        return names.filter { name in
            var found = stat()
            return stat(directory + "/" + name, &found) == 0 && found.st_size > 0
        }
    }

    /// The bytes of all logs; 0 when the directory cannot be read.
    var bytes: UInt64 {
        ((try? names()) ?? []).reduce(0) { sum, name in
            var found = stat()
            return stat(directory + "/" + name, &found) == 0 ? sum + UInt64(max(0, found.st_size)) : sum
        }
    }

    private func names() throws(StoreError) -> [String]? {
        guard let stream = opendir(directory) else {
            let code = errno
            if code == EMFILE || code == ENFILE { return nil }
            throw fault(code)
        }
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

    /// A log's descriptor, or why there is none.
    private enum Opening {
        case opened(Int32)
        case failed(Int32)
    }

    private func open(_ name: String) -> Opening {
        let descriptor = Glibc.open(directory + "/" + name, O_WRONLY | O_CLOEXEC)
        return descriptor >= 0 ? .opened(descriptor) : .failed(errno)
    }

    private func fault(_ code: Int32) -> StoreError {
        StoreError(
            code == ENOSPC ? .space : .inputOutput,
            "cannot sync the write-ahead log in \(directory): \(SystemMessage.text(code)); check the disk and the "
                + "kernel log: a power failure now would lose the latest changes"
        )
    }
}
