// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomCrypto
public import CloakroomStore
public import Logging

/// The rules: who may read and write a session, when, and for how long it lives. It turns requests into calls on the
/// sealer and the store, one session at a time.
public final class SessionService: Sendable {
    /// The limits in force.
    public let rules: SessionRules
    /// Counts of what was done.
    public let statistics: SessionStatistics
    /// How long requests took.
    public let latencies = RequestLatencies()
    /// Whether clients are told that they need not wait for their writes.
    public let deferredWrites: DeferredWrites

    let logger: Logger
    let events: SessionEventLog
    let locks: SessionLocks
    let latches = RecordLatches()
    let pendingLogins = PendingLogins()
    let guessing: GuessingGuard
    let records: SessionRecords
    let sweeper: SessionSweeper
    let keys: PoolKeyring
    let rotation: KeyRotation
    var sealer: SessionSealer { records.sealer }
    var clock: any SessionClock { records.clock }

    /// Of how many sessions the opened metadata is kept by all services of a process together: 2 MiB of the secure heap.
    public static let cachedSessions = 32_768

    /// A service over a store and a sealer.
    ///
    /// - Parameter cachedSessions: of how many sessions it keeps the opened metadata.
    public init(
        store: any SessionStore,
        sealer: SessionSealer,
        rules: SessionRules,
        deferredWrites: DeferredWrites = DeferredWrites(),
        clock: any SessionClock,
        logger: Logger,
        events: SessionEventLog? = nil,
        cachedSessions: Int = SessionService.cachedSessions
    ) {
        self.rules = rules
        guessing = GuessingGuard(rules.guessing)
        self.events = events ?? SessionEventLog(logger: logger, selection: .attention)
        self.deferredWrites = deferredWrites
        self.logger = logger
        let statistics = SessionStatistics()
        self.statistics = statistics
        locks = SessionLocks(rules: rules, logger: logger)
        let cache = MetadataCache(capacity: cachedSessions)
        let usage = PoolUsage(store: store, rules: rules, deferredWrites: deferredWrites)
        records = SessionRecords(
            store: store,
            cache: cache,
            usage: usage,
            sealer: sealer,
            clock: clock,
            lifetimes: rules.lifetimes,
            statistics: statistics,
            logger: logger
        )
        sweeper = SessionSweeper(records: records, locks: locks, latches: latches, events: self.events)
        keys = PoolKeyring(records: records, latches: latches)
        rotation = KeyRotation(records: records, latches: latches, keys: keys, deferredWrites: deferredWrites)
    }

    /// Releases the lock that a client holds, if it holds one.
    public func release(_ client: SessionClient) {
        guard let held = client.held else { return }
        client.held = nil
        locks.release(held.ticket)
    }

    /// The locks that are held, those held longest first.
    public func heldLocks() -> [LockReport] { locks.report() }

    /// Removes expired sessions for at most about a millisecond, leaves the rest to the background, and answers how many
    /// were removed. It runs on a thread of its own, so that it holds up nobody but its caller.
    ///
    /// - Throws: `StoreError` when the store cannot be read or written.
    public func collect() async throws -> Int {
        let sweeper = sweeper
        return try await Task.detached { try sweeper.collect() }.value
    }

    /// Counts the sessions in the store, then removes expired ones every `interval` and calls `afterEach`, until the task is
    /// cancelled.
    public func sweep(every interval: Duration, afterEach: @Sendable () -> Void = {}) async {
        do { try await records.usage.prepare() } catch {
            logger.error("the sessions in the store could not be counted", metadata: ["error": "\(error)"])
        }
        await sweeper.run(every: interval, afterEach: afterEach)
    }

    /// How much the pool holds, or `nil` while that is being counted after the start.
    public var usage: StoreUsage? { records.usage.current }

    /// Brings everything acknowledged so far to disk.
    ///
    /// - Throws: `StoreError` when the store could not.
    public func synchronize() throws { try records.store.synchronize() }

    /// Acquires a lock, and counts a refusal.
    func acquire(
        _ address: SessionAddress,
        for client: SessionClient,
        wait: Duration
    ) async -> Result<GrantedLock, LockRefusal> {
        let refusal: LockRefusal
        let begin = LatencyClock.now()
        let acquisition = await locks.acquire(address, for: client.identity, wait: wait)
        noteWait(of: client, since: begin)
        switch acquisition {
        case .granted(let ticket, let destroyed):
            return .success(GrantedLock(ticket: ticket, destroyedMeanwhile: destroyed))
        case .timedOut(let holder):
            refusal = .timedOut(holder)
            logger.notice(
                "a request waited in vain for a session",
                metadata: [
                    "session": "\(address.tag)", "client": "\(client.identity)",
                    "holder": "\(holder.map { "\($0)" } ?? "")",
                ]
            )
        case .tooManyWaiters: refusal = .tooManyWaiters
        case .cancelled: refusal = .cancelled
        }
        statistics.add(.unlocked)
        return .failure(refusal)
    }

    private func noteWait(of client: SessionClient, since begin: UInt64) {
        let now = LatencyClock.now()
        latencies.count(.lockWait, now - begin, now: now)
        client.noteWait(now - begin)
    }
}

/// A lock, and what happened to its session during the wait.
struct GrantedLock: Sendable {
    let ticket: LockTicket
    let destroyedMeanwhile: Bool
}

extension LockRefusal: Error {}
