// SPDX-License-Identifier: Apache-2.0

/// How the store of a pool is.
public struct StoreStatus: Equatable, Sendable, Codable {
    /// Whether it takes changes.
    public enum Writes: String, Equatable, Sendable, Codable {
        /// It does.
        case taken
        /// It holds them back, because the disk does not keep up.
        case slowed
        /// It makes them wait until the disk has caught up.
        case stopped
        /// It refuses them: see ``StoreStatus/fault``.
        case refused
    }

    /// What an acknowledged change survives.
    public enum Durability: String, Equatable, Sendable, Codable {
        /// The end of the process.
        case process
        /// A power failure.
        case power
    }

    /// Whether it takes changes.
    public var writes: Writes
    /// Why it refuses them.
    public var fault: String?
    /// Whether it can be read.
    public var readable: Bool
    /// What an acknowledged change survives.
    public var durability: Durability
    /// How many milliseconds ago everything acknowledged was brought to disk; `nil` when it was not since the start.
    public var sinceSync: UInt64?
    /// The bytes of its files.
    public var fileBytes: UInt64
    /// About how many records there are, those of remembered users and what has expired lately included.
    public var records: UInt64
    /// About how many bytes are to be rewritten until its files are in order.
    public var pendingCompactionBytes: UInt64
    /// How many of its files are being rewritten now.
    public var compactions: UInt64
    /// How often its work in the background failed since it was opened.
    public var backgroundErrors: UInt64
    /// What the daemon may still write to the file system, in bytes, if that is known.
    public var diskFree: UInt64?
    /// The size of the file system, in bytes, if that is known.
    public var diskSize: UInt64?

    /// A store that is in order and empty, whose figures are then set.
    public init(writes: Writes = .taken, durability: Durability = .process) {
        self.writes = writes
        self.durability = durability
        readable = true
        fileBytes = 0
        records = 0
        pendingCompactionBytes = 0
        compactions = 0
        backgroundErrors = 0
    }
}
