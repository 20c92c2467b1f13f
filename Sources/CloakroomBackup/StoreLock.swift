// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The lock of a store, which the daemon has as long as it has the store open (RocksDB, `env/fs_posix.cc`: fcntl(2)). Whoever has it
/// keeps the daemon from opening the store.
final class StoreLock {
    private static let fileName = "LOCK"

    // Closing it gives the lock back.
    private let file: FileDescriptor

    /// Takes the lock of the store in a directory.
    ///
    /// - Throws: ``BackupError/Code/busy`` when somebody has it.
    init(of store: DirectoryHandle, owner: FileOwner) throws(BackupError) {
        file = try store.lockFile(Self.fileName)
        try file.setOwner(owner)
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(file.number, F_SETLK, &lock) != 0 else { return }
        guard errno == EACCES || errno == EAGAIN else { throw BackupError.system("lock", file.path, errno) }
        let holder = fcntl(file.number, F_GETLK, &lock) == 0 && lock.l_pid > 0 ? " (process \(lock.l_pid))" : ""
        throw BackupError(
            .busy,
            "the daemon has the store in \(store.path) open\(holder): stop it, with its sockets, so that nothing starts it again: "
                + "systemctl stop cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd"
        )
    }

    /// Whether the store in a directory was ever opened, or locked by this class.
    static func wasOpened(_ store: DirectoryHandle) throws(BackupError) -> Bool {
        try store.status(of: fileName) != nil
    }
}
