// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What a backup has (`docs/backup.md`): `manifest.json` in its directory. There is one text for each manifest.
public struct BackupManifest: Equatable, Sendable {
    /// The format of backups that this code writes and reads.
    public static let format = 1
    /// The name of the manifest's file.
    public static let fileName = "manifest.json"
    /// The name of the file that has the hash of the manifest, in the form of sha256sum(1).
    public static let hashFileName = "manifest.sha256"
    /// The most bytes that a manifest may have: some 400,000 files.
    public static let maximumLength = 64 << 20

    /// A file of a store.
    public struct File: Equatable, Sendable, Codable {
        /// Its name in the directory of the store.
        public let name: String
        /// Its length in bytes.
        public let size: Int
        /// The SHA-256 of its contents, in 64 lower-case hexadecimal digits.
        public let sha256: String

        /// Describes a file.
        public init(name: String, size: Int, sha256: String) {
            self.name = name
            self.size = size
            self.sha256 = sha256
        }
    }

    /// The store of a pool.
    public struct Pool: Equatable, Sendable {
        /// The pool.
        public let name: PoolName
        /// The ids of the keys without which something in it cannot be opened, in order; 16 hexadecimal digits each.
        public let keys: [String]
        /// How many sessions it had, if that was known.
        public let sessions: Int?
        /// Its files, in the order of their names.
        public let files: [File]

        /// Describes a store.
        public init(name: PoolName, keys: [String], sessions: Int?, files: [File]) {
            self.name = name
            self.keys = keys
            self.sessions = sessions
            self.files = files
        }

        /// The length of all files, in bytes.
        public var bytes: Int { files.reduce(0) { $0 + $1.size } }

        /// Where its files are in the directory of the backup, and in the state directory.
        public var location: StoreLocation { StoreLocation(of: name) }
    }

    /// When the backup was begun: what was acknowledged before is in it.
    public let created: UTCTime
    /// The version of the daemon that it is of.
    public let version: String
    /// The stores, that of the pool `default` first.
    public let pools: [Pool]

    /// Describes a backup.
    public init(created: UTCTime, version: String, pools: [Pool]) {
        self.created = created
        self.version = version
        self.pools = pools
    }

    /// The length of all files, in bytes.
    public var bytes: Int { pools.reduce(0) { $0 + $1.bytes } }
}

/// Where the files of a pool's store are, below the state directory and below `state` in a backup.
public struct StoreLocation: Equatable, Sendable {
    /// The directories that lead to it; none for the pool `default`.
    public let parents: [String]
    /// The name of the store's own directory.
    public static let store = "rocksdb"

    /// That of a pool's store.
    public init(of pool: PoolName) { parents = pool == .standard ? [] : ["pools", pool.text] }

    /// The directories that lead to the files.
    public var path: [String] { parents + [Self.store] }
}

/// Which names the files of a store have (RocksDB, `file/filename.cc`), and so those that are copied: a directory that another user
/// writes to has to hand out nothing else.
enum StoreFileName {
    /// Whether a file of this name is part of a store.
    static func isValid(_ name: String) -> Bool {
        if name == "CURRENT" { return true }
        for prefix in ["MANIFEST-", "OPTIONS-"] where name.hasPrefix(prefix) {
            return isNumber(name.dropFirst(prefix.count))
        }
        for suffix in [".sst", ".log", ".blob"] where name.hasSuffix(suffix) {
            return isNumber(name.dropLast(suffix.count))
        }
        return false
    }

    /// Whether a file of this name never changes, so that one copy can serve several backups.
    static func isImmutable(_ name: String) -> Bool { name.hasSuffix(".sst") || name.hasSuffix(".blob") }

    private static func isNumber(_ text: Substring) -> Bool {
        (1...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
