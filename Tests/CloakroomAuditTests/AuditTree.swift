// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation

/// The files of a host that a test makes up.
struct AuditTree {
    /// A file, a directory or a symbolic link.
    struct Entry {
        enum Kind {
            case file(String)
            case directory
            case link(String)
        }

        var kind: Kind
        var mode = 0o644
        var user: UInt32 = 0
        var group: UInt32 = 0
        /// How long ago it was changed, in seconds.
        var age = 0
    }

    private(set) var entries: [String: Entry] = [:]

    /// With a file more, or another in its place.
    func file(_ path: String, _ text: String, mode: Int = 0o644, user: UInt32 = 0, age: Int = 0) -> AuditTree {
        with(path, Entry(kind: .file(text), mode: mode, user: user, age: age))
    }

    /// With a directory.
    func directory(_ path: String, mode: Int = 0o755, user: UInt32 = 0, group: UInt32 = 0) -> AuditTree {
        with(path, Entry(kind: .directory, mode: mode, user: user, group: group))
    }

    /// With a symbolic link.
    func link(_ path: String, to target: String) -> AuditTree { with(path, Entry(kind: .link(target))) }

    /// Without a file.
    func without(_ path: String) -> AuditTree {
        var tree = self
        tree.entries[path] = nil
        return tree
    }

    /// With other text in a file.
    func replacing(_ old: String, with new: String, in path: String) -> AuditTree {
        guard case .file(let text) = entries[path]?.kind, text.contains(old) else { fatalError("no \(old) in \(path)") }
        return file(path, text.replacingOccurrences(of: old, with: new))
    }

    /// With more lines at the end of a file.
    func adding(_ lines: String, to path: String) -> AuditTree {
        guard case .file(let text) = entries[path]?.kind else { fatalError("no \(path)") }
        return file(path, text + lines + "\n")
    }

    private func with(_ path: String, _ entry: Entry) -> AuditTree {
        var tree = self
        tree.entries[path] = entry
        return tree
    }

    /// Makes the files, and calls `body` with them.
    func use<Result>(_ body: (HostTree) throws -> Result) throws -> Result {
        let root = try TemporaryDirectory()
        for (path, entry) in entries.sorted(by: { $0.key < $1.key }) { try make(entry, at: root.path + path) }
        // Modes come last: making a file within changes the times of a directory.
        for (path, entry) in entries { try finish(entry, at: root.path + path) }
        return try body(HostTree(root: root.path))
    }

    private func make(_ entry: Entry, at path: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: parent,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        switch entry.kind {
        case .file(let text): try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        case .directory: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        case .link(let target): try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        }
    }

    private func finish(_ entry: Entry, at path: String) throws {
        if case .link = entry.kind { return }
        guard chown(path, entry.user, entry.group) == 0, chmod(path, mode_t(entry.mode)) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        if entry.age > 0 {
            let date = Date(timeIntervalSinceNow: -Double(entry.age))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
    }

    /// What the checks of a list find.
    func findings(_ checks: [any AuditCheck] = AuditChecks.php) throws -> [Finding] {
        try use { tree in
            let host = AuditedHost(tree: tree)
            return checks.flatMap { $0.findings(on: host) }
        }
    }
}
