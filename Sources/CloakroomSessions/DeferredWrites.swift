// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whether clients are told that they need not wait for their writes: only while nothing is known that keeps the next one from
/// being carried out. Every read asks, so the answer is one atomic load.
public final class DeferredWrites: Sendable {
    /// What speaks against it.
    public struct Obstacles: OptionSet, Sendable {
        /// One bit for each.
        public let rawValue: UInt8

        /// Takes bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The configuration wants every write to be answered.
        public static let configuration = Obstacles(rawValue: 1)
        /// The store says that it takes no writes.
        public static let storeRefuses = Obstacles(rawValue: 2)
        /// The store has failed, and stored no session since. A full disk is only known by this.
        public static let storeFailed = Obstacles(rawValue: 4)
        /// There is no room for another session, or nobody knows yet.
        public static let poolFull = Obstacles(rawValue: 8)
        /// The daemon is told to stop.
        public static let stopping = Obstacles(rawValue: 16)
    }

    private let obstacles: Atomic<UInt8>

    /// Deferred writes are taken if the configuration has it so.
    public init(isConfigured: Bool = false) {
        obstacles = Atomic(isConfigured ? 0 : Obstacles.configuration.rawValue)
    }

    /// Whether nothing speaks against it.
    public var areTaken: Bool { obstacles.load(ordering: .relaxed) == 0 }

    /// What speaks against it now.
    public var present: Obstacles { Obstacles(rawValue: obstacles.load(ordering: .relaxed)) }

    /// Whether the daemon is told to stop.
    public var isStopping: Bool { obstacles.load(ordering: .relaxed) & Obstacles.stopping.rawValue != 0 }

    /// Notes an obstacle, or that it is gone.
    public func note(_ obstacle: Obstacles, _ isPresent: Bool = true) {
        // Mostly nothing changes, and then nothing is written to memory that every read shares.
        guard isPresent != (obstacles.load(ordering: .relaxed) & obstacle.rawValue != 0) else { return }
        if isPresent {
            obstacles.bitwiseOr(obstacle.rawValue, ordering: .relaxed)
        } else {
            obstacles.bitwiseAnd(~obstacle.rawValue, ordering: .relaxed)
        }
    }
}
