// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin
import CloakroomCore
import Glibc

/// What is to be backed up: the checkpoint that the daemon has made.
public struct BackupSource {
    struct Pool {
        let name: PoolName
        let keys: [String]
        let sessions: Int?
        let directory: DirectoryHandle
        /// The files and their lengths, in the order of their names.
        let files: [(name: String, size: Int)]
    }

    let time: UTCTime
    let version: String
    let pools: [Pool]
    /// The state directories of the pools.
    public let stateDirectories: [String]

    /// Opens the directories of a checkpoint. They are the daemon's user's, who has fewer rights than root: only files that are of a
    /// store by their names and belong to that user are taken.
    ///
    /// - Parameter version: the daemon's.
    /// - Throws: ``BackupError`` when they cannot be read.
    public init(_ summary: CheckpointSummary, version: String) throws(BackupError) {
        time = UTCTime(seconds: summary.time)
        self.version = version
        var pools: [Pool] = []
        for pool in summary.pools { pools.append(try Pool(pool)) }
        self.pools = pools.sorted { $0.name < $1.name }
        stateDirectories = summary.pools.map {
            String($0.directory[..<($0.directory.lastIndex(of: "/") ?? $0.directory.endIndex)])
        }
    }

    var bytes: Int { pools.reduce(0) { $0 + $1.bytes } }
}

extension BackupSource.Pool {
    fileprivate init(_ pool: CheckpointSummary.Pool) throws(BackupError) {
        guard let name = PoolName(pool.pool) else {
            throw BackupError(.system, "the daemon has a pool whose name is none, \"\(pool.pool)\"")
        }
        self.name = name
        keys = pool.keys.sorted()
        sessions = pool.sessions
        do throws(BackupError) {
            directory = try DirectoryHandle(path: pool.directory)
        } catch {
            guard error.code == .permission else { throw error }
            throw BackupError(
                .permission,
                "this user may not read the checkpoint \(pool.directory): run it as root (sudo), or as the daemon's user"
            )
        }
        let owner = try directory.status().st_uid
        var files: [(name: String, size: Int)] = []
        for name in try directory.names() {
            guard let status = try directory.status(of: name), StoreFileName.isValid(name),
                status.st_mode & S_IFMT == S_IFREG, status.st_uid == owner
            else {
                throw BackupError(
                    .directory,
                    "\(directory.path(of: name)) is no file of a store: look who put it there"
                )
            }
            files.append((name, Int(status.st_size)))
        }
        self.files = files
    }

    var bytes: Int { files.reduce(0) { $0 + $1.size } }
}
