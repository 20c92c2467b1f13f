// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import Glibc

/// What was backed up.
public struct BackupSummary: Equatable, Sendable {
    /// The name of the backup.
    public let name: String
    /// What it has.
    public let manifest: BackupManifest
    /// How many bytes were written.
    public let written: Int
    /// How many bytes are in files that an earlier backup has as well.
    public let shared: Int
}

/// Writes one backup.
public struct BackupWriter {
    /// What the manifest, directories and ends of blocks may take, for the question whether there is space.
    private static let slack = 4 << 20

    private let target: BackupDirectory
    private let source: BackupSource
    private let work: BackupWork

    /// Of a checkpoint, into a directory.
    public init(_ source: BackupSource, into target: BackupDirectory, _ work: BackupWork) {
        self.source = source
        self.target = target
        self.work = work
    }

    /// Writes it under another name, waits until the disk has it, and then gives it its name.
    ///
    /// - Throws: ``BackupError``; earlier backups are as they were, and what was begun is gone.
    public func write() throws -> BackupSummary {
        let previous = try PreviousBackup(in: target)
        try checkSpace(previous)
        let name = try target.freeName(for: source.time)
        do {
            let summary = try write(name, previous)
            try target.commit(name)
            return summary
        } catch {
            target.abandon(name)
            throw error
        }
    }

    /// Files that the previous backup has by name and size are most likely the same.
    private func checkSpace(_ previous: PreviousBackup?) throws {
        let needed = source.pools.reduce(Self.slack) { sum, pool in
            sum
                + pool.files.filter { previous?.candidate($0.name, $0.size, pool.name) == nil }.reduce(0) {
                    $0 + $1.size
                }
        }
        let free = try target.handle.freeBytes()
        guard free < needed else { return }
        throw BackupError.noSpace(in: target.path, needed: needed, free: free)
    }

    private func write(_ name: String, _ previous: PreviousBackup?) throws -> BackupSummary {
        let directory = try target.begin(name)
        let state = try directory.makeDirectory("state")
        var made = MadeDirectories(state)
        var pools: [BackupManifest.Pool] = []
        var shared = 0
        for pool in source.pools {
            let store = try made.directory(StoreLocation(of: pool.name).path)
            let copied = try copy(pool, to: store, previous)
            shared += copied.shared
            pools.append(copied.pool)
        }
        try made.synchronize()
        let manifest = BackupManifest(created: source.time, version: source.version, pools: pools)
        let text = try manifest.text()
        guard text.count <= BackupManifest.maximumLength else {
            throw BackupError(.system, "the stores have more files than a backup can have")
        }
        try write(text, to: BackupManifest.fileName, in: directory)
        try write(try BackupManifest.hashText(of: text), to: BackupManifest.hashFileName, in: directory)
        try directory.synchronize()
        try work.check()
        return BackupSummary(name: name, manifest: manifest, written: manifest.bytes - shared, shared: shared)
    }

    private func write(_ bytes: [UInt8], to name: String, in directory: DirectoryHandle) throws {
        let file = try directory.makeFile(name)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.synchronize()
    }

    private func copy(
        _ pool: BackupSource.Pool,
        to store: DirectoryHandle,
        _ previous: PreviousBackup?
    ) throws -> (pool: BackupManifest.Pool, shared: Int) {
        work.begin(.copying, pool: pool.name.text, total: pool.bytes)
        defer { work.finish() }
        var files: [BackupManifest.File] = []
        var shared = 0
        for (name, size) in pool.files {
            do {
                if let linked = try link(name, size, pool, to: store, previous) {
                    files.append(linked)
                    shared += linked.size
                } else {
                    let copy = try store.makeFile(name)
                    files.append(.init(name: name, try work.copy(try pool.directory.file(name), to: copy)))
                }
            } catch let error as BackupError where error.code == .missing {
                throw BackupError(
                    .missing,
                    "\(error.message): the checkpoint is gone, most likely because the daemon was restarted; try again"
                )
            }
        }
        let made = BackupManifest.Pool(name: pool.name, keys: pool.keys, sessions: pool.sessions, files: files)
        return (made, shared)
    }

    /// Makes a hard link to the file in the previous backup, if that has the same contents still. The name says nothing: after a store
    /// was restored, RocksDB uses numbers again. The copy in the backup is read as well, so that one that the disk has damaged is not
    /// taken over from backup to backup.
    private func link(
        _ name: String,
        _ size: Int,
        _ pool: BackupSource.Pool,
        to store: DirectoryHandle,
        _ previous: PreviousBackup?
    ) throws -> BackupManifest.File? {
        guard let previous, let candidate = previous.candidate(name, size, pool.name),
            let directory = previous.directories[pool.name]
        else { return nil }
        let file = try pool.directory.file(name)
        guard try work.read(file) == candidate.contents else {
            try work.advance(-size)
            return nil
        }
        guard try previous.isIntact(candidate, in: directory), try store.link(name, of: directory) else {
            try work.advance(-size)
            return nil
        }
        return candidate
    }
}

/// Directories below one, made when they are needed first.
struct MadeDirectories {
    private let root: DirectoryHandle
    private let owner: FileOwner?
    private var made: [[String]: DirectoryHandle] = [:]

    init(_ root: DirectoryHandle, owner: FileOwner? = nil) {
        self.root = root
        self.owner = owner
    }

    mutating func directory(_ path: [String]) throws(BackupError) -> DirectoryHandle {
        guard let name = path.last else { return root }
        if let known = made[path] { return known }
        let directory = try directory(Array(path.dropLast())).makeDirectory(name, owner: owner)
        made[path] = directory
        return directory
    }

    /// Waits until the disk has all of them.
    func synchronize() throws(BackupError) {
        for directory in made.values { try directory.synchronize() }
        try root.synchronize()
    }
}

extension BackupError {
    /// That there is too little space.
    static func noSpace(in path: String, needed: Int, free: Int) -> BackupError {
        BackupError(
            .space,
            "\(path) has \(ByteText.text(free)) of space, and \(ByteText.text(needed)) are needed: "
                + "\(ByteText.text(needed - free)) are missing"
        )
    }
}
