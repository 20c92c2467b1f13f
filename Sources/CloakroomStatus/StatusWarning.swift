// SPDX-License-Identifier: Apache-2.0

/// Something of a status that wants attention.
public struct StatusWarning: Equatable, Sendable, Codable {
    /// Whether something has to be done.
    public enum Severity: String, Equatable, Sendable, Codable {
        /// Somebody has to look at it.
        case warning
        /// It passes by itself, or is as somebody wants it.
        case notice
    }

    /// What it is about. `docs/monitoring.md` lists them.
    public enum Code: String, Equatable, Sendable, Codable, CaseIterable {
        /// The store refuses writes.
        case storeRefusesWrites = "store refuses writes"
        /// The store cannot be read.
        case storeUnreadable = "store cannot be read"
        /// A write has failed, and none was carried out since.
        case writeFailed = "write failed"
        /// The store holds writes back.
        case storeSlow = "store is slow"
        /// The store's work in the background has failed.
        case backgroundErrors = "background errors"
        /// There is little room on the disk.
        case diskNearlyFull = "disk nearly full"
        /// No new sessions are taken.
        case poolFull = "pool full"
        /// Soon no new sessions are taken.
        case poolNearlyFull = "pool nearly full"
        /// Requests wait for a lock that is held for long.
        case lockHeld = "lock held"
        /// Sessions are sealed by a key that is not there.
        case keyMissing = "key missing"
        /// Soon no new connections are taken.
        case connections = "connections"
        /// There is little locked memory left for keys.
        case keyMemory = "key memory"
        /// The system's clock was set.
        case clock = "clock"
        /// Everything is being sealed by another key.
        case rotating = "rotating"
        /// The sessions are being counted.
        case counting = "counting"
        /// The daemon is told to stop.
        case stopping = "stopping"
    }

    /// What it is about.
    public let code: Code
    /// Whether something has to be done.
    public let severity: Severity
    /// The pool; `nil` when it is about the daemon.
    public let pool: String?
    /// What is the matter and what to do.
    public let message: String

    init(_ code: Code, as severity: Severity = .warning, pool: String? = nil, _ message: String) {
        self.code = code
        self.severity = severity
        self.pool = pool
        self.message = message
    }
}

/// From when on something wants attention.
public enum StatusThreshold {
    /// The share of a limit that is nearly all of it.
    public static let nearlyAll = 0.9
    /// Less free disk than this, in bytes, is little on any disk: RocksDB needs 64 MiB to go on after the disk was full.
    public static let leastDisk: UInt64 = 256 << 20
    /// Less than this share of the disk is little, unless it is ``plentyOfDisk``.
    public static let leastDiskShare = 0.05
    /// So many free bytes are enough, however small a share they are.
    public static let plentyOfDisk: UInt64 = 10 << 30
    /// How long a lock that others wait for may be held, in milliseconds.
    public static let lockHeld: UInt64 = 10_000
    /// How far the clock of the sessions may be from the system's, in milliseconds.
    public static let clockLead: Int64 = 60_000
}
