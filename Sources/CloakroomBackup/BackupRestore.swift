// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// What was restored.
public struct RestoreSummary: Equatable, Sendable {
    /// A pool whose store was replaced.
    public struct Pool: Equatable, Sendable {
        /// What its store has now.
        public let pool: BackupManifest.Pool
        /// Where the store of before is kept; `nil`: there was none.
        public let kept: String?
    }

    /// The pools, in the order of the manifest.
    public let pools: [Pool]
    /// Pools of the state directory that are not in the backup, and stay as they are.
    public let untouched: [String]
}

/// Puts stores of a backup in the place of those of a state directory.
public struct BackupRestore {
    private static let slack = 4 << 20

    private let backup: StoredBackup
    private let pools: [BackupManifest.Pool]
    private let work: BackupWork

    /// - Parameters:
    ///   - backup: one in which ``StoredBackup/damage(_:)`` found nothing.
    ///   - pool: one pool only; `nil`: all that the backup has.
    /// - Throws: ``BackupError`` when the backup has no such pool.
    public init(_ backup: StoredBackup, pool: String?, _ work: BackupWork) throws(BackupError) {
        self.backup = backup
        self.work = work
        guard let pool else {
            pools = backup.manifest.pools
            return
        }
        pools = backup.manifest.pools.filter { $0.name.text == pool }
        guard !pools.isEmpty else {
            let known = backup.manifest.pools.map(\.name.text).joined(separator: ", ")
            throw BackupError(.missing, "the backup \(backup.name) has no pool \"\(pool)\"; its pools are: \(known)")
        }
    }

    /// Replaces the stores in a state directory.
    ///
    /// - Throws: ``BackupError``: `busy` when the daemon runs. Then each pool has the store of before, unless it says something else.
    public func restore(to path: String) throws -> RestoreSummary {
        let state = try open(path)
        let status = try state.status()
        let owner = FileOwner(user: status.st_uid, group: status.st_gid)
        guard flock(state.number, LOCK_EX | LOCK_NB) == 0 else {
            throw BackupError(.busy, "another restore to \(path) is under way: wait for its end")
        }
        var directories: [DirectoryHandle] = []
        for pool in pools { directories.append(try directory(of: pool, in: state, owner: owner)) }
        var time = UTCTime.now
        while try !directories.allSatisfy({ try RestoreTarget.isFree(time, in: $0) }) { time = time.advanced(by: 1) }
        let targets = try zip(pools, directories).map { try RestoreTarget($0, in: $1, owner: owner, time) }
        for target in targets { try target.settle() }
        try checkSpace(in: state)
        do {
            for target in targets { try target.copy(from: backup, work) }
            try work.check()
        } catch {
            for target in targets { target.abandon() }
            throw error
        }
        return RestoreSummary(pools: try exchange(targets), untouched: try untouched(in: state))
    }

    /// Only renames are left to do, so all or nothing of each pool.
    private func exchange(_ targets: [RestoreTarget]) throws(BackupError) -> [RestoreSummary.Pool] {
        var done: [RestoreSummary.Pool] = []
        for target in targets {
            do throws(BackupError) {
                done.append(RestoreSummary.Pool(pool: target.pool, kept: try target.exchange()))
            } catch {
                let restored = done.map(\.pool.name.text).joined(separator: ", ")
                throw BackupError(
                    error.code,
                    error.message
                        + (done.isEmpty ? "" : "; restored already: \(restored). Restore again once the cause is gone")
                )
            }
        }
        return done
    }

    private func open(_ path: String) throws(BackupError) -> DirectoryHandle {
        let state: DirectoryHandle
        do throws(BackupError) {
            state = try DirectoryHandle(path: path)
        } catch {
            guard error.code == .missing else { throw error }
            throw BackupError(
                .missing,
                "there is no state directory \(path): make it, for the user of the daemon alone "
                    + "(install -d -m 0700 -o cloakroom -g cloakroom \(path)), or name another with --state-dir"
            )
        }
        let status = try state.status()
        guard geteuid() == 0 || status.st_uid == geteuid() else {
            throw BackupError(.permission, "\(path) belongs to user \(status.st_uid): run it as root (sudo)")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw BackupError(.directory, "the state directory \(path) is open to other users; run: chmod 700 \(path)")
        }
        return state
    }

    private func directory(
        of pool: BackupManifest.Pool,
        in state: DirectoryHandle,
        owner: FileOwner
    ) throws(BackupError) -> DirectoryHandle {
        var place = state
        for name in pool.location.parents {
            if try place.status(of: name) == nil {
                let made = try place.makeDirectory(name, owner: owner)
                try place.synchronize()
                place = made
            } else {
                place = try place.directory(name)
            }
        }
        return place
    }

    private func checkSpace(in state: DirectoryHandle) throws(BackupError) {
        let needed = pools.reduce(Self.slack) { $0 + $1.bytes }
        let free = try state.freeBytes()
        guard free < needed else { return }
        throw BackupError.noSpace(in: state.path, needed: needed, free: free)
    }

    private func untouched(in state: DirectoryHandle) throws(BackupError) -> [String] {
        let known = Set(backup.manifest.pools.map(\.name.text))
        var found = try state.status(of: StoreLocation.store) == nil ? [] : [PoolName.standard.text]
        if try state.status(of: "pools") != nil { found += try state.directory("pools").names() }
        return found.filter { !known.contains($0) }
    }
}
