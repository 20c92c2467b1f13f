// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging
import Synchronization

/// Removes expired sessions. It reads expiry slots in order and so meets only sessions whose time may have come: an entry is
/// filed under the deadline that its session had when the entry was last filed, and sessions that were used since are
/// filed anew when it comes due.
final class SessionSweeper: Sendable {
    /// Sessions looked at in one go in the background: some ten microseconds of work, so that nobody waits for longer.
    static let batch = 1
    /// Sessions looked at in one go for a client's own `gc`.
    static let collectBatch = 16
    /// How long a client's own `gc` may take.
    static let collectTime = Duration.microseconds(500)
    /// The pause between two batches in the background.
    static let pause = Duration.microseconds(100)

    struct Sweep {
        var removed = 0
        var skipped = 0
        var isComplete = false
    }

    let records: SessionRecords
    private let locks: SessionLocks
    private let latches: RecordLatches
    private let events: SessionEventLog
    private let isDraining = Atomic<Bool>(false)
    private var store: any SessionStore { records.store }

    init(records: SessionRecords, locks: SessionLocks, latches: RecordLatches, events: SessionEventLog) {
        self.events = events
        self.records = records
        self.locks = locks
        self.latches = latches
    }

    /// Sweeps for a short time, and has the background sweep what is left. Answers how many sessions were removed.
    func collect() throws -> Int {
        let end = ContinuousClock.now.advanced(by: Self.collectTime)
        var sweep = Sweep()
        while !sweep.isComplete, ContinuousClock.now < end { try sweepBatch(&sweep, of: Self.collectBatch) }
        if !sweep.isComplete { Task(priority: .background) { await drain() } }
        return sweep.removed
    }

    /// Sweeps every `interval`, and calls `afterEach`, until the task is cancelled.
    func run(every interval: Duration, afterEach: @Sendable () -> Void) async {
        while !Task.isCancelled {
            await drain()
            afterEach()
            try? await Task.sleep(for: interval)
        }
    }

    /// Sweeps all that has expired, with pauses; returns at once when that is under way already.
    func drain() async {
        guard isDraining.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return }
        defer { isDraining.store(false, ordering: .releasing) }
        var sweep = Sweep()
        do {
            while !sweep.isComplete {
                try sweepBatch(&sweep, of: Self.batch)
                try await Task.sleep(for: Self.pause)
            }
        } catch is CancellationError {
            return
        } catch {
            records.logger.error("expired sessions could not be removed", metadata: ["error": "\(error)"])
        }
        if sweep.removed > 0 {
            records.logger.info("expired sessions removed", metadata: ["count": "\(sweep.removed)"])
        }
    }

    func sweepBatch(_ sweep: inout Sweep, of batch: Int) throws {
        let now = records.clock.now()
        let limit = sweep.skipped + batch
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
        /// It lives on, and its entry is where it belongs.
        case filed
        /// A request has it, and may still write it.
        case inUse
    }

    /// Removes the session of an entry that has come due, or files it under its present deadline. The caller holds the latch.
    private func remove(_ entry: ExpiryEntry, now: UnixTime) throws -> Removal {
        // A request may have moved or removed the entry since it was read, when nobody held the latch.
        guard let filing = try store.filing(of: entry.address, under: entry.slot) else { return .filed }
        guard let metadata = try store.metadata(at: entry.address) else {
            // Compaction may have dropped it, although it was touched since.
            records.cache.forget(entry.address)
            try store.remove(entry.address, expiry: entry.slot)
            records.usage.removed(filing)
            return .filed
        }
        // What a request knows of the session's metadata must stay true.
        guard !locks.isHeld(entry.address) else { return .inUse }
        let deadline = records.cache[entry.address]?.metadata.deadline ?? RecordHeader(of: metadata)?.expires
        if let deadline, deadline > now {
            try file(filing, at: entry.address, deadline: deadline, metadata)
            return .filed
        }
        records.cache.forget(entry.address)
        try store.remove(entry.address, expiry: entry.slot)
        records.usage.removed(filing)
        records.statistics.add(.expired)
        note(entry.address, filing, metadata)
        return .removed
    }

    /// Reports what was removed. A family of tokens is filed in a group of its own, which says nobody who its user is.
    private func note(_ address: SessionAddress, _ filing: ExpiryFiling, _ value: [UInt8]) {
        guard events.takes(.expired) else { return }
        if filing.group != nil, let user = try? records.user(ofFamily: value, at: address) {
            events.note(.expired, address, user: user, reason: "remember me")
        } else {
            events.note(.expired, address, user: filing.group)
        }
    }

    /// Files an entry under the present deadline of its session.
    private func file(
        _ filing: ExpiryFiling,
        at address: SessionAddress,
        deadline: UnixTime,
        _ value: [UInt8]
    ) throws {
        let own: ExpiryFiling
        if let opened = try records.metadata(at: address) {
            var metadata = opened.metadata
            if metadata.expirySlot == filing.slot.time {
                metadata.expirySlot = metadata.dueSlot
                _ = try records.update(at: address, from: opened, to: metadata)
                return
            }
            own = ExpiryFiling(metadata)
        } else {
            own = ExpiryFiling(slot: ExpirySlot(deadline), kibibytes: filing.kibibytes, group: filing.group)
        }
        // An entry beside the session's own, which an unreadable record has left: it gives way.
        let present = try store.filing(of: address, under: own.slot)
        try store.apply(
            RecordUpdate(
                address: address,
                metadata: value,
                body: nil,
                previousExpiry: filing,
                expiry: present ?? own
            )
        )
        if present != nil { records.usage.removed(filing) } else { records.usage.replaced(filing, with: own) }
    }
}
