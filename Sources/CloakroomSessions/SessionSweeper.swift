// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging
import Synchronization

/// Removes expired sessions. It reads expiry slots in order and so meets only sessions whose time has come, and it needs no
/// key: a deadline is in the clear in the record's header.
final class SessionSweeper: Sendable {
    /// Sessions looked at in one go: some hundred microseconds of work, so that nobody waits for longer.
    static let batch = 16
    /// How long a client's own `gc` may take.
    static let collectTime = Duration.microseconds(500)
    /// The pause between two batches in the background.
    static let pause = Duration.milliseconds(1)

    private struct Sweep {
        var removed = 0
        var skipped = 0
        var isComplete = false
    }

    private let store: any SessionStore
    private let cache: MetadataCache
    private let usage: PoolUsage
    private let clock: any SessionClock
    private let locks: SessionLocks
    private let latches: RecordLatches
    private let statistics: SessionStatistics
    private let logger: Logger
    private let isDraining = Atomic<Bool>(false)

    init(
        store: any SessionStore,
        cache: MetadataCache,
        usage: PoolUsage,
        clock: any SessionClock,
        locks: SessionLocks,
        latches: RecordLatches,
        statistics: SessionStatistics,
        logger: Logger
    ) {
        self.store = store
        self.cache = cache
        self.usage = usage
        self.clock = clock
        self.locks = locks
        self.latches = latches
        self.statistics = statistics
        self.logger = logger
    }

    /// Sweeps for a short time, and has the background sweep what is left. Answers how many sessions were removed.
    func collect() throws -> Int {
        let end = ContinuousClock.now.advanced(by: Self.collectTime)
        var sweep = Sweep()
        while !sweep.isComplete, ContinuousClock.now < end { try sweepBatch(&sweep) }
        if !sweep.isComplete { Task(priority: .background) { await drain() } }
        return sweep.removed
    }

    /// Sweeps every `interval` until the task is cancelled.
    func run(every interval: Duration) async {
        while !Task.isCancelled {
            await drain()
            try? await Task.sleep(for: interval)
        }
    }

    /// Sweeps all that has expired, with pauses; returns at once when that is under way already.
    private func drain() async {
        guard isDraining.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return }
        defer { isDraining.store(false, ordering: .releasing) }
        var sweep = Sweep()
        do {
            while !sweep.isComplete {
                try sweepBatch(&sweep)
                try await Task.sleep(for: Self.pause)
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("expired sessions could not be removed", metadata: ["error": "\(error)"])
        }
        if sweep.removed > 0 { logger.info("expired sessions removed", metadata: ["count": "\(sweep.removed)"]) }
    }

    private func sweepBatch(_ sweep: inout Sweep) throws {
        let now = clock.now()
        let limit = sweep.skipped + Self.batch
        let entries = try store.expiryEntries(through: now, limit: limit)
        sweep.isComplete = entries.count < limit
        for entry in entries.dropFirst(sweep.skipped) {
            switch try latches.withLatch(entry.address, { try remove(entry, now: now) }) {
            case .removed: sweep.removed += 1
            case .filed: break
            case .inUse: sweep.skipped += 1
            }
        }
    }

    private enum Removal {
        /// The session is gone.
        case removed
        /// Its entry was out of date and is put right.
        case filed
        /// A request has it and may still write it, or it was touched meanwhile.
        case inUse
    }

    /// Removes the session of an entry that has come due. The caller holds the latch.
    private func remove(_ entry: ExpiryEntry, now: UnixTime) throws -> Removal {
        // A request may have moved or removed the entry since it was read, when nobody held the latch.
        guard let filing = try store.filing(of: entry.address, under: entry.slot) else { return .filed }
        guard let metadata = try store.metadata(at: entry.address) else {
            try store.remove(entry.address, expiry: entry.slot)
            usage.removed(filing)
            return .filed
        }
        if let header = RecordHeader(of: metadata), header.expires > now {
            let slot = ExpirySlot(header.expires)
            // An entry that the session has there already stays as it is.
            let other = try store.filing(of: entry.address, under: slot)
            try store.apply(
                RecordUpdate(
                    address: entry.address,
                    metadata: metadata,
                    body: nil,
                    previousExpiry: filing,
                    expiry: other ?? ExpiryFiling(slot: slot, kibibytes: filing.kibibytes)
                )
            )
            if other != nil { usage.removed(filing) }
            return .filed
        }
        // Touched lately, which the store does not know.
        if let known = cache[entry.address], known.metadata.deadline > now { return .inUse }
        guard !locks.isHeld(entry.address) else { return .inUse }
        cache.forget(entry.address)
        try store.remove(entry.address, expiry: entry.slot)
        usage.removed(filing)
        statistics.add(.expired)
        return .removed
    }
}
