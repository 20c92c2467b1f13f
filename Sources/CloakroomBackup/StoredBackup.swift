// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc

/// A backup that is there, with a manifest that is as it was written.
public struct StoredBackup {
    /// Its name.
    public let name: String
    /// What it should have.
    public let manifest: BackupManifest
    let directory: DirectoryHandle

    /// Opens a backup, and reads its manifest.
    ///
    /// - Throws: ``BackupError``: `missing` when there is none of this name, `damaged` when the manifest is not as it was written.
    public init(_ time: UTCTime, in target: BackupDirectory) throws {
        name = time.name
        guard try target.handle.status(of: time.name) != nil else {
            let known = try target.backups().map(\.name)
            throw BackupError(
                .missing,
                "there is no backup \(time.name) in \(target.path); "
                    + (known.isEmpty ? "there are none" : "there are: \(known.joined(separator: ", "))")
            )
        }
        directory = try target.handle.directory(time.name)
        let text = try Self.contents(BackupManifest.fileName, limit: BackupManifest.maximumLength, in: directory)
        let hash = try Self.contents(BackupManifest.hashFileName, limit: 256, in: directory)
        guard try BackupManifest.hashText(of: text) == hash else {
            throw BackupError(
                .damaged,
                "the backup \(time.name) is damaged: \(BackupManifest.fileName) is not what \(BackupManifest.hashFileName) says; "
                    + "use another backup"
            )
        }
        manifest = try BackupManifest(text: text)
    }

    /// Where the files of a pool are.
    func store(of pool: BackupManifest.Pool) throws(BackupError) -> DirectoryHandle {
        var place = try directory.directory("state")
        for name in pool.location.path { place = try place.directory(name) }
        return place
    }

    private static func contents(_ name: String, limit: Int, in directory: DirectoryHandle) throws -> [UInt8] {
        do {
            let file = try directory.file(name)
            guard try file.status().st_size <= limit else { throw BackupError(.damaged, "\(name) is too large") }
            var bytes = [UInt8](repeating: 0, count: Int(try file.status().st_size))
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            return Array(bytes[..<count])
        } catch let error as BackupError where [.missing, .damaged].contains(error.code) {
            throw BackupError(
                .damaged,
                "the backup in \(directory.path) is damaged, or is none: \(error.message); use another backup"
            )
        }
    }
}
