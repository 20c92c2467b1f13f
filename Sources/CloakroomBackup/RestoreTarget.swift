// SPDX-License-Identifier: Apache-2.0

import CRename
import CloakroomAdmin
import CloakroomCore
import Glibc

/// The state directory of one pool, in which its store is to be replaced.
final class RestoreTarget {
    static let store = StoreLocation.store
    // A copy that is not complete, or that is complete and did not take its place; or, if the exchange was the last thing that was done,
    // the store that was there before.
    private static let copyPrefix = "rocksdb.restoring-"
    private static let keptPrefix = "rocksdb.before-restore-"

    let pool: BackupManifest.Pool
    let directory: DirectoryHandle
    private let owner: FileOwner
    private let time: UTCTime
    private let lock: StoreLock?

    private var copyName: String { Self.copyPrefix + time.name }
    /// The name that the store of now gets.
    private var keptName: String { Self.keptPrefix + time.name }

    /// Locks the store that there is, so that no daemon can use it.
    ///
    /// - Throws: ``BackupError`` when the daemon runs.
    init(_ pool: BackupManifest.Pool, in directory: DirectoryHandle, owner: FileOwner, _ time: UTCTime) throws {
        self.pool = pool
        self.directory = directory
        self.owner = owner
        self.time = time
        let hasStore = try directory.status(of: Self.store) != nil
        lock = hasStore ? try StoreLock(of: try directory.directory(Self.store), owner: owner) : nil
    }

    /// Whether nothing is named by a time yet.
    static func isFree(_ time: UTCTime, in directory: DirectoryHandle) throws(BackupError) -> Bool {
        for prefix in [copyPrefix, keptPrefix] where try directory.status(of: prefix + time.name) != nil {
            return false
        }
        return true
    }

    private func hasStore() throws(BackupError) -> Bool { try directory.status(of: Self.store) != nil }

    /// Puts away what a restore that did not come to its end has left: a copy is removed; a store that had been in use is kept.
    func settle() throws {
        for name in try directory.names() where name.hasPrefix(Self.copyPrefix) {
            let time = name.dropFirst(Self.copyPrefix.count)
            if try StoreLock.wasOpened(try directory.directory(name)) {
                try directory.rename(name, to: Self.keptPrefix + time)
            } else {
                try directory.remove(name)
            }
        }
    }

    /// Copies the pool's files beside the store, and waits until the disk has them.
    ///
    /// - Throws: ``BackupError`` when one is not what the manifest says.
    func copy(from backup: StoredBackup, _ work: BackupWork) throws {
        work.begin(.copying, pool: pool.name.text, total: pool.bytes)
        defer { work.finish() }
        let source = try backup.store(of: pool)
        let copy = try directory.makeDirectory(copyName, owner: owner)
        for file in pool.files {
            let target = try copy.makeFile(file.name, owner: owner)
            guard try work.copy(try source.file(file.name), to: target) == file.contents else {
                throw BackupError(
                    .damaged,
                    "\(source.path(of: file.name)) changed while it was copied; nothing was restored"
                )
            }
        }
        try copy.synchronize()
        try directory.synchronize()
    }

    /// Removes the copy, if there is one.
    func abandon() { try? directory.remove(copyName) }

    /// Puts the copy into the place of the store, at once, and answers the path at which the store of before is kept; `nil`: there was
    /// none.
    func exchange() throws(BackupError) -> String? {
        guard try hasStore() else {
            try directory.rename(copyName, to: Self.store)
            try directory.synchronize()
            return nil
        }
        if renameat2(directory.number, copyName, directory.number, Self.store, UInt32(CRename_exchange)) == 0 {
            try directory.synchronize()
            try directory.rename(copyName, to: keptName)
        } else {
            // A file system that cannot exchange two names.
            guard errno == EINVAL || errno == ENOSYS else {
                throw BackupError.system("replace", directory.path(of: Self.store), errno)
            }
            try directory.rename(Self.store, to: keptName)
            try directory.rename(copyName, to: Self.store)
        }
        try directory.synchronize()
        return directory.path(of: keptName)
    }
}
