// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import Glibc

/// What is wrong with a backup.
public struct BackupDamage: Equatable, Sendable, CustomStringConvertible {
    /// How something differs from the manifest.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// It is not there.
        case missing
        /// It is there, and does not belong there.
        case additional
        /// It has other contents, or is longer or shorter.
        case changed
        /// It is no regular file, or no directory.
        case kind = "of another kind"
        /// The disk does not give it.
        case unreadable
    }

    /// The path in the directory of the backup.
    public let path: String
    /// How it differs.
    public let kind: Kind
    /// More about it, or empty.
    public let detail: String

    /// Both, for people.
    public var description: String { "\(path): \(kind.rawValue)" + (detail.isEmpty ? "" : " (\(detail))") }
}

extension StoredBackup {
    /// Compares everything with the manifest: whether it is there, whether it is what it was, and whether there is anything else.
    ///
    /// - Returns: what is wrong; empty: nothing.
    /// - Throws: ``BackupError`` when it was interrupted.
    public func damage(_ work: BackupWork) throws -> [BackupDamage] {
        var check = BackupCheck()
        try check.examine(directory, Expectation(manifest))
        for pool in manifest.pools {
            work.begin(.comparing, pool: pool.name.text, total: pool.bytes)
            defer { work.finish() }
            for file in pool.files { try check.compare(file, of: pool, in: self, work) }
        }
        return check.damage
    }
}

/// The entries that a directory should have.
private final class Expectation {
    var directories: [String: Expectation] = [:]
    var files: Set<String> = []

    init() {}

    init(_ manifest: BackupManifest) {
        files = [BackupManifest.fileName, BackupManifest.hashFileName]
        for pool in manifest.pools {
            var place = self
            for name in ["state"] + pool.location.path {
                let next = place.directories[name] ?? Expectation()
                place.directories[name] = next
                place = next
            }
            place.files = Set(pool.files.map(\.name))
        }
    }
}

/// Finds what differs.
private struct BackupCheck {
    private(set) var damage: [BackupDamage] = []
    // The paths of what need not be compared, because something is wrong with it already.
    private var known: Set<String> = []

    /// Looks for what is missing, additional or of another kind.
    mutating func examine(_ directory: DirectoryHandle, _ expected: Expectation, at prefix: String = "") throws {
        let names = try directory.names()
        for name in names {
            let type = try directory.status(of: name).map { $0.st_mode & S_IFMT }
            if expected.files.contains(name) {
                if type != S_IFREG { add(prefix + name, .kind) }
            } else if let inner = expected.directories[name] {
                guard type == S_IFDIR else {
                    add(prefix + name, .kind)
                    continue
                }
                try examine(try directory.directory(name), inner, at: prefix + name + "/")
            } else {
                add(prefix + name, .additional)
            }
        }
        let wanted = expected.files.union(expected.directories.keys)
        for name in wanted.subtracting(names).sorted() { add(prefix + name, .missing) }
    }

    /// Compares the contents of a file.
    mutating func compare(
        _ file: BackupManifest.File,
        of pool: BackupManifest.Pool,
        in backup: StoredBackup,
        _ work: BackupWork
    ) throws {
        let place = ["state"] + pool.location.path
        let isKnown = (1...place.count).contains { known.contains(place.prefix($0).joined(separator: "/")) }
        let path = (place + [file.name]).joined(separator: "/")
        guard !isKnown, !known.contains(path) else { return }
        do {
            let found = try work.read(try backup.store(of: pool).file(file.name))
            guard found != file.contents else { return }
            add(path, .changed, found.size == file.size ? "" : "\(found.size) bytes instead of \(file.size)")
        } catch let error as BackupError where error.code != .interrupted {
            add(path, .unreadable, error.message)
        }
    }

    private mutating func add(_ path: String, _ kind: BackupDamage.Kind, _ detail: String = "") {
        known.insert(path)
        damage.append(BackupDamage(path: path, kind: kind, detail: detail))
    }
}
