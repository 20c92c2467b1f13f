// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A directory that has backups, each in a directory of its own that is named by its time.
public final class BackupDirectory {
    // Names of what is not, or no more, a backup. What an interrupted run has left is removed by the next one.
    private static let incompletePrefix = ".incomplete-"
    private static let removedPrefix = ".removed-"
    private static let lockName = ".lock"

    let handle: DirectoryHandle
    /// Where it is, for messages.
    public var path: String { handle.path }
    private var lock: FileDescriptor?

    private init(_ handle: DirectoryHandle) { self.handle = handle }

    /// Opens one to read it.
    ///
    /// - Throws: ``BackupError`` when it is not there, or others than its owner could have changed what is in it.
    public static func opening(_ path: String) throws(BackupError) -> BackupDirectory {
        let directory = BackupDirectory(try DirectoryHandle(path: path, followingLink: true))
        try directory.checkOwner()
        return directory
    }

    /// Opens one to add a backup, and makes it if need be, with mode 0700. Nobody else can add one as long as the object lives.
    ///
    /// - Parameter states: the state directories that it must not be in.
    /// - Throws: ``BackupError`` when it is in a state directory, not this user's, open to others, or in use.
    public static func preparing(_ path: String, outside states: [String]) throws(BackupError) -> BackupDirectory {
        for state in states where try isInside(path, state) {
            throw BackupError(
                .directory,
                "\(path) is inside the state directory \(state): a backup belongs elsewhere, best on another disk"
            )
        }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw BackupError.system("make the directory", path, errno) }
        let directory = try opening(path)
        try directory.beginChanges()
        return directory
    }

    /// Whether a path, of which the last part need not be there, is a directory or in it.
    private static func isInside(_ path: String, _ state: String) throws(BackupError) -> Bool {
        guard let state = resolved(state) else { throw BackupError.system("examine", state, errno) }
        let cut = path.lastIndex { $0 != "/" } ?? path.startIndex
        let trimmed = path.isEmpty ? "." : String(path[...cut])
        let parent = trimmed.lastIndex(of: "/").map { String(trimmed[...$0]) } ?? "."
        guard let place = resolved(trimmed) ?? resolved(parent) else {
            throw BackupError.system("examine", parent, errno)
        }
        return place == state || place.hasPrefix(state + "/")
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    private func checkOwner() throws(BackupError) {
        let status = try handle.status()
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw BackupError(
                .directory,
                "\(path) belongs to user \(status.st_uid), who could change the backups; run: chown \(geteuid()) \(path)"
            )
        }
        guard status.st_mode & 0o022 == 0 else {
            throw BackupError(
                .directory,
                "\(path) can be written by others (mode 0\(String(status.st_mode & 0o7777, radix: 8))), who could change the "
                    + "backups; run: chmod 700 \(path)"
            )
        }
    }

    private func beginChanges() throws(BackupError) {
        let file = try handle.lockFile(Self.lockName)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw BackupError.system("lock", file.path, errno) }
            throw BackupError(.busy, "another backup into \(path) is under way: try again when it is done")
        }
        lock = file
        for name in try handle.names()
        where name.hasPrefix(Self.incompletePrefix) || name.hasPrefix(Self.removedPrefix) {
            try handle.remove(name)
        }
    }

    /// The backups, oldest first.
    public func backups() throws(BackupError) -> [UTCTime] {
        var found: [UTCTime] = []
        for name in try handle.names() {
            guard let time = UTCTime(name: name), let status = try handle.status(of: name),
                status.st_mode & S_IFMT == S_IFDIR
            else { continue }
            found.append(time)
        }
        return found.sorted()
    }

    /// The name for a backup of a time, or of the first second after it that none is named by.
    func freeName(for time: UTCTime) throws(BackupError) -> String {
        var time = time
        while try handle.status(of: time.name) != nil { time = time.advanced(by: 1) }
        return time.name
    }

    /// Makes the directory in which a backup is written.
    func begin(_ name: String) throws(BackupError) -> DirectoryHandle {
        try handle.makeDirectory(Self.incompletePrefix + name)
    }

    /// Gives it its name, once it is complete and on the disk.
    func commit(_ name: String) throws(BackupError) {
        try handle.rename(Self.incompletePrefix + name, to: name)
        try handle.synchronize()
    }

    /// Removes what was begun, as far as that goes: the next backup removes the rest.
    func abandon(_ name: String) { try? handle.remove(Self.incompletePrefix + name) }

    /// Removes all backups but the newest ones, and answers the names of those that are gone.
    ///
    /// - Throws: ``BackupError`` when one could not be removed. None is left in part under its name.
    public func keep(_ count: Int) throws(BackupError) -> [String] {
        let names = try backups().dropLast(count).map(\.name)
        for name in names {
            try handle.rename(name, to: Self.removedPrefix + name)
            try handle.synchronize()
            try handle.remove(Self.removedPrefix + name)
        }
        return names
    }
}
