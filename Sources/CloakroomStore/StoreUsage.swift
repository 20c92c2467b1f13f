// SPDX-License-Identifier: Apache-2.0

/// How much a store holds: the sum over its expiry entries.
public struct StoreUsage: Hashable, Sendable {
    /// The number of sessions that are filed.
    public var sessions: UInt64
    /// The size of their records, in KiB.
    public var kibibytes: UInt64

    /// Describes a store's contents; without arguments, those of an empty one.
    public init(sessions: UInt64 = 0, kibibytes: UInt64 = 0) {
        self.sessions = sessions
        self.kibibytes = kibibytes
    }

    /// Adds an entry.
    public mutating func add(_ filing: ExpiryFiling) {
        sessions += 1
        kibibytes += UInt64(filing.kibibytes)
    }

    /// Adds what another store holds.
    public mutating func add(_ other: StoreUsage) {
        sessions += other.sessions
        kibibytes += other.kibibytes
    }
}
