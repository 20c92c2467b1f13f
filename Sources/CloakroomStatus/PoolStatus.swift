// SPDX-License-Identifier: Apache-2.0

/// How a pool is (`docs/monitoring.md` says what each figure means).
public struct PoolStatus: Equatable, Sendable, Codable {
    /// The pool's name.
    public var pool: String
    /// The number of sessions; `nil` while they are being counted after the start.
    public var sessions: UInt64?
    /// Their size in bytes, each counted in whole KiB; `nil` while they are being counted.
    public var bytes: UInt64?
    /// How many sessions there may be; `nil`: as many as fit the disk.
    public var sessionLimit: Int?
    /// How many bytes they may have together; `nil`: as many as fit the disk.
    public var byteLimit: Int?
    /// The number of connections that are in this pool.
    public var connections: Int
    /// What was done since the start, by name.
    public var counts: [String: Int]
    /// How often metadata were needed since the start and were in memory.
    public var metadataHits: Int
    /// How often they were needed and were not.
    public var metadataMisses: Int
    /// Locks that are held and waited for.
    public var locks: LockStatus
    /// The ids of the keys, the sealing one first.
    public var keys: [String]
    /// The ids of keys that records needed in the last hour and that are not in the keyring.
    public var missingKeys: [String]
    /// Whether everything is being sealed by the first key.
    public var rotating: Bool
    /// What keeps PHP from going on without waiting for its writes: see ``DeferralObstacle``; none: it need not wait.
    public var deferralObstacles: [DeferralObstacle]
    /// How its store is.
    public var store: StoreStatus
    /// How long requests took, each kind once.
    public var latencies: [LatencyStatus]

    /// A pool with nothing in it, whose figures are then set.
    public init(pool: String, locks: LockStatus, store: StoreStatus) {
        self.pool = pool
        self.locks = locks
        self.store = store
        connections = 0
        counts = [:]
        metadataHits = 0
        metadataMisses = 0
        keys = []
        missingKeys = []
        rotating = false
        deferralObstacles = []
        latencies = []
    }

    /// The count of that name; 0 when the daemon has none.
    public func count(_ name: String) -> Int { counts[name] ?? 0 }

    /// The names of the counts of requests that were refused, or not carried out, by reason.
    public static let refusals = [
        "conflicts", "overLimit", "unlocked", "unreadable", "rejected", "reused", "guessed", "unwritten",
    ]

    /// Which share of reads found a session, from 0 to 1; `nil` before the first.
    public var foundShare: Double? { Self.share(count("found"), count("absent")) }

    /// Which share of the metadata that were needed were in memory, from 0 to 1; `nil` before the first.
    public var metadataHitShare: Double? { Self.share(metadataHits, metadataMisses) }

    private static func share(_ hits: Int, _ misses: Int) -> Double? {
        hits + misses > 0 ? Double(hits) / Double(hits + misses) : nil
    }
}

/// What keeps PHP from going on without waiting for its writes.
public enum DeferralObstacle: String, Equatable, Sendable, Codable, CaseIterable {
    /// `sessions.acknowledge` has it that every write is answered.
    case configuration
    /// The store refuses writes.
    case storeRefuses
    /// A write has failed, and none was carried out since.
    case storeFailed
    /// There is no room for another session, or nobody knows yet.
    case poolFull
    /// The daemon is told to stop.
    case stopping
}
