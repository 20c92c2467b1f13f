// SPDX-License-Identifier: Apache-2.0

/// How a store is, as far as that is known without reading it.
public struct StoreHealth: Sendable {
    /// Whether it takes changes.
    public enum Writes: Hashable, Sendable {
        /// It does.
        case taken
        /// It holds them back, because the disk does not keep up.
        case slowed
        /// It makes them wait until the disk has caught up.
        case stopped
        /// It refuses them; the text says why and what to do.
        case refused(String)
    }

    /// What the engine says of its files and its work.
    public struct Engine: Hashable, Sendable {
        /// The bytes of the files that are in use.
        public var fileBytes: UInt64 = 0
        /// About how many records there are: sessions, and users that are remembered. Those count that have expired and were not removed
        /// yet.
        public var records: UInt64 = 0
        /// About how many bytes are to be rewritten until the files are in order.
        public var pendingCompactionBytes: UInt64 = 0
        /// How many files are being rewritten now.
        public var compactions: UInt64 = 0
        /// How often work in the background failed since the engine was opened.
        public var backgroundErrors: UInt64 = 0

        /// All figures at 0.
        public init() {}
    }

    /// The file system with the store, in bytes.
    public struct Disk: Hashable, Sendable {
        /// What the daemon may still write.
        public let free: UInt64
        /// How large it is.
        public let size: UInt64

        /// Joins the figures.
        public init(free: UInt64, size: UInt64) {
            self.free = free
            self.size = size
        }
    }

    /// Whether it takes changes.
    public var writes: Writes
    /// `nil` when the engine is not open, and so nothing can be read.
    public var engine: Engine?
    /// `nil` when it is not on a file system, or that cannot be asked.
    public var disk: Disk?
    /// How long ago everything acknowledged was brought to disk; `nil` when it was not since the start.
    public var sinceSync: Duration?
    /// Whether an acknowledged change survives a power failure; else a failure of the process only.
    public var isPowerSafe: Bool

    /// Joins the figures.
    public init(
        writes: Writes,
        engine: Engine? = nil,
        disk: Disk? = nil,
        sinceSync: Duration? = nil,
        isPowerSafe: Bool
    ) {
        self.writes = writes
        self.engine = engine
        self.disk = disk
        self.sinceSync = sinceSync
        self.isPowerSafe = isPowerSafe
    }
}
