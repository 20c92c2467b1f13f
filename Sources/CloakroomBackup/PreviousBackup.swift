// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// The newest backup that there is, whose files the next one may share.
struct PreviousBackup {
    private let files: [PoolName: [String: BackupManifest.File]]
    /// Where the files of each pool are.
    let directories: [PoolName: DirectoryHandle]

    /// `nil` when there is none, or its manifest cannot be trusted: nothing is shared then.
    init?(in target: BackupDirectory) throws {
        guard let newest = try target.backups().last else { return nil }
        var files: [PoolName: [String: BackupManifest.File]] = [:]
        var directories: [PoolName: DirectoryHandle] = [:]
        do {
            let backup = try StoredBackup(newest, in: target)
            for pool in backup.manifest.pools {
                directories[pool.name] = try backup.store(of: pool)
                files[pool.name] = Dictionary(uniqueKeysWithValues: pool.files.map { ($0.name, $0) })
            }
        } catch let error as BackupError where [.damaged, .format, .missing].contains(error.code) {
            return nil
        }
        self.files = files
        self.directories = directories
    }

    /// A file that never changes, and has this name and size.
    func candidate(_ name: String, _ size: Int, _ pool: PoolName) -> BackupManifest.File? {
        guard StoreFileName.isImmutable(name), let file = files[pool]?[name], file.size == size else { return nil }
        return file
    }

    /// Whether the file is still what the manifest says, and nobody else's.
    func isIntact(_ file: BackupManifest.File, in directory: DirectoryHandle) throws -> Bool {
        guard let status = try directory.status(of: file.name), status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o777 == 0o600, status.st_uid == geteuid()
        else { return false }
        let silent = BackupWork(report: { _ in }, isInterrupted: { false })
        return try silent.read(try directory.file(file.name)) == file.contents
    }
}
