// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
public import CloakroomCore
import Glibc

/// The sessions that PHP's `files` handler keeps in a directory. It trusts no name and no kind of file in there: other users may
/// make both (Debian's directory is `drwx-wx-wt`).
public final class SessionFileSource: ImportSource {
    /// What is taken.
    public struct Options {
        /// Whose files.
        public var owners: FileOwners
        /// Seconds that sessions live after their last use: PHP's `session.gc_maxlifetime`.
        public var lifetime: UInt32
        /// The most bytes of a session.
        public var maximumData: Int
        /// Whether files are overwritten before they are removed.
        public var overwrites = false

        /// Joins them.
        public init(owners: FileOwners, lifetime: UInt32, maximumData: Int) {
            self.owners = owners
            self.lifetime = lifetime
            self.maximumData = maximumData
        }
    }

    /// A directory in which session files are.
    private struct Leaf {
        /// The first characters of the ids, each the name of a directory.
        let path: [UInt8]
        let names: [CChar]
    }

    /// How many entries there were when it began.
    public private(set) var total: Int?

    private let options: Options
    private let root: SessionDirectory
    private let depth: Int
    private var leaves: [Leaf] = []
    /// Found on the way to the leaves.
    private var strays: [(ImportPlace, ImportReason)] = []
    private var current: (directory: SessionDirectory, leaf: Leaf, offset: Int)?

    /// Takes down what is in the directory.
    ///
    /// - Throws: ``ImportError`` when it cannot be read.
    public init(_ path: SavePath, _ options: Options) throws(ImportError) {
        self.options = options
        depth = path.depth
        root = try SessionDirectory(path: path.directory)
        var count = 0
        try search(root, path: [], &count)
        total = count + strays.count
        leaves.reverse()
    }

    private func search(_ directory: SessionDirectory, path: [UInt8], _ count: inout Int) throws(ImportError) {
        let names = try directory.names()
        guard path.count < depth else {
            count += names.count
            leaves.append(Leaf(path: path, names: names.bytes))
            return
        }
        for name in names.bytes.split(separator: 0) {
            let text = Array(name) + [0]
            guard let status = FileStatus.of(text, in: directory.descriptor) else { continue }
            let place = ImportPlace(directory: directory.path, inode: status.inode)
            let character = UInt8(bitPattern: name[name.startIndex])
            guard status.kind == .directory, name.count == 1, SessionID.isValid([character]) else {
                strays.append((place, reason(forStray: name, status)))
                continue
            }
            guard let child = SessionDirectory(text, in: directory) else {
                strays.append((place, Self.unreadable()))
                continue
            }
            try search(child, path: path + [character], &count)
        }
    }

    private func reason(forStray name: ArraySlice<CChar>, _ status: FileStatus) -> ImportReason {
        if let reason = Self.reason(forKind: status) { return reason }
        guard SessionFileName.id(in: name) != nil else { return Self.notSession }
        return ImportReason(
            .wrongPlace,
            "PHP looks for sessions deeper, in \(depth) levels of directories: see --depth"
        )
    }

    /// The next file.
    public func next() throws(ImportError) -> ImportFind? {
        if let (place, reason) = strays.popLast() { return .left(place, reason) }
        while true {
            if let name = nextName(), let current { return find(name, in: current.directory, current.leaf) }
            guard let leaf = leaves.popLast() else {
                current = nil
                return nil
            }
            var directory: SessionDirectory? = root
            for character in leaf.path {
                directory = directory.flatMap { SessionDirectory([CChar(bitPattern: character), 0], in: $0) }
            }
            // Whoever removed it has removed what was in it.
            if let directory { current = (directory, leaf, 0) }
        }
    }

    private func nextName() -> ArraySlice<CChar>? {
        guard let (_, leaf, offset) = current, let end = leaf.names[offset...].firstIndex(of: 0) else { return nil }
        current?.offset = end + 1
        return leaf.names[offset..<end]
    }

    private func find(_ name: ArraySlice<CChar>, in directory: SessionDirectory, _ leaf: Leaf) -> ImportFind {
        let text = Array(name) + [0]
        guard let status = FileStatus.of(text, in: directory.descriptor) else { return .nothing }
        let place = ImportPlace(directory: directory.path, inode: status.inode)
        if let reason = Self.reason(forKind: status) { return .left(place, reason) }
        let isRemains = SessionFileName.isRemains(name)
        guard let id = isRemains ? "" : SessionFileName.id(in: name) else { return .left(place, Self.notSession) }
        guard isRemains || id.utf8.starts(with: leaf.path) else {
            return .left(place, ImportReason(.wrongPlace, "its directory is one of other ids"))
        }
        if let reason = reason(against: status) { return .left(place, reason) }
        switch open(text, id, status, in: directory) {
        case .failure(let refusal): return refusal.reason.map { .left(place, $0) } ?? .nothing
        case .success(let file):
            if isRemains { return .remains(file) }
            return file.session.data.isEmpty ? .empty(file) : .original(file)
        }
    }

    /// Why a file is not taken, as far as the system says without opening it.
    private func reason(against status: FileStatus) -> ImportReason? {
        guard status.links == 1 else {
            return ImportReason(
                .severalNames,
                "it has \(status.links) names (hard links), one of which may be elsewhere"
            )
        }
        guard options.owners.contain(status.owner) else {
            return ImportReason(
                .otherOwner,
                "it belongs to \(FileOwners.name(of: status.owner)), who is not of this pool: see --owner"
            )
        }
        let most = min(options.maximumData, ImportBatch.mostData)
        guard status.size <= most else {
            return ImportReason(.tooLarge, "it has \(status.size) bytes, and \(most) are taken (limits.session_size)")
        }
        return nil
    }

    private struct Refusal: Error {
        /// `nil`: it went away.
        let reason: ImportReason?
    }

    /// Opens, locks and reads a file.
    private func open(
        _ name: [CChar],
        _ id: String,
        _ before: FileStatus,
        in directory: SessionDirectory
    ) -> Result<SessionFile, Refusal> {
        let mode = options.overwrites ? O_RDWR : O_RDONLY
        // Not to wait for the other end of a FIFO that took its place.
        let descriptor = openat(
            directory.descriptor,
            name,
            mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        )
        guard descriptor >= 0 else {
            return .failure(Refusal(reason: errno == ENOENT ? nil : Self.unreadable()))
        }
        var isTaken = false
        defer { if !isTaken { close(descriptor) } }
        let changed = ImportReason(.changed, "it changed while it was read; run the import again")
        guard let opened = FileStatus.of(descriptor), opened.isSameFile(as: before), opened.kind == .regular,
            opened.owner == before.owner
        else { return .failure(Refusal(reason: changed)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            return .failure(Refusal(reason: ImportReason(.inUse, "a process has locked it; run the import again")))
        }
        // Whoever had the lock may have changed or removed it.
        guard let status = FileStatus.of(descriptor), status.links > 0 else { return .failure(Refusal(reason: nil)) }
        if let reason = reason(against: status) { return .failure(Refusal(reason: reason)) }
        guard let data = Self.read(descriptor, status.size) else {
            return .failure(Refusal(reason: Self.unreadable()))
        }
        guard data.count == status.size, FileStatus.of(descriptor) == status else {
            return .failure(Refusal(reason: changed))
        }
        isTaken = true
        let session = session(id, data, status, birth: FileStatus.birth(of: descriptor))
        return .success(
            SessionFile(session, descriptor, status, name: name, in: directory, overwrites: options.overwrites)
        )
    }

    private func session(_ id: String, _ data: [UInt8], _ status: FileStatus, birth: UInt64?) -> ImportedSession {
        let lastSeen = UInt64(max(status.modified / 1_000_000_000, 0))
        return ImportedSession(
            id: id,
            data: data,
            // A file that was copied to here is younger than its contents.
            created: min(birth ?? lastSeen, lastSeen),
            lastSeen: lastSeen,
            lifetime: options.lifetime
        )
    }

    /// Reads a file, and at most one byte more than there should be; `nil`, with `errno`, when it cannot be read.
    private static func read(_ descriptor: Int32, _ size: Int) -> [UInt8]? {
        var isRead = true
        let data = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
            while count <= size {
                let length = pread(descriptor, buffer.baseAddress?.advanced(by: count), size + 1 - count, off_t(count))
                if length < 0, errno == EINTR { continue }
                if length < 0 { isRead = false }
                guard length > 0 else { return }
                count += length
            }
        }
        return isRead ? data : nil
    }

    private static func unreadable() -> ImportReason {
        ImportReason(.unreadable, "it cannot be read: \(SystemMessage.text(errno))")
    }

    private static var notSession: ImportReason {
        ImportReason(.notSession, "its name is none of PHP's \"files\" handler")
    }

    /// Why a file of a kind is not taken.
    private static func reason(forKind status: FileStatus) -> ImportReason? {
        switch status.kind {
        case .regular: nil
        case .link: ImportReason(.link, "it is a symbolic link")
        case .directory: ImportReason(.otherKind, "it is a directory")
        case .other(let what): ImportReason(.otherKind, "it is \(what)")
        }
    }
}
