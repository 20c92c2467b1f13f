// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Who holds and who waits for which session's lock: first come, first served. Pure logic; ``SessionLocks`` adds the
/// waiting.
struct LockTable {
    /// What became of a request for a lock.
    enum Claim: Equatable {
        case granted
        case queued
        case full
    }

    /// What a ticket is worth.
    enum Standing {
        /// It holds the lock, and the session is as its holder knows it.
        case current
        /// It holds the lock, and somebody has destroyed the session since it was read.
        case stale
        /// It does not hold the lock.
        case lost
    }

    /// A waiter that has become the holder.
    struct Grant: Equatable {
        let ticket: LockTicket
        /// The session was destroyed while this ticket waited.
        let destroyedMeanwhile: Bool
    }

    private struct Waiter {
        let number: UInt64
        let client: LockClient
        let since: ContinuousClock.Instant
        var destroyedMeanwhile = false
    }

    private struct Lock {
        var holder: UInt64
        var client: LockClient
        var since: ContinuousClock.Instant
        /// The session was destroyed or replaced by somebody else while the holder held it.
        var holderIsStale = false
        var waiters: [Waiter] = []
    }

    private var locks: [SessionAddress: Lock] = [:]
    private var lastNumber: UInt64 = 0

    private let hold: Duration
    private let maximumWaiters: Int

    init(hold: Duration, maximumWaiters: Int) {
        self.hold = hold
        self.maximumWaiters = maximumWaiters
    }

    /// Whether anybody holds the lock.
    func isHeld(_ address: SessionAddress) -> Bool { locks[address] != nil }

    /// How many wait for the lock.
    func waiters(for address: SessionAddress) -> Int { locks[address]?.waiters.count ?? 0 }

    /// Who holds the lock.
    func holder(of address: SessionAddress, now: ContinuousClock.Instant) -> LockHolder? {
        locks[address].map { LockHolder(client: $0.client, duration: $0.since.duration(to: now)) }
    }

    /// All locks that are held, those held longest first.
    func report(now: ContinuousClock.Instant) -> [LockReport] {
        locks.sorted { $0.value.since < $1.value.since }.map { Self.report($0, $1, now) }
    }

    /// The lock of one session, if it is held.
    func report(on address: SessionAddress, now: ContinuousClock.Instant) -> LockReport? {
        locks[address].map { Self.report(address, $0, now) }
    }

    private static func report(_ address: SessionAddress, _ lock: Lock, _ now: ContinuousClock.Instant) -> LockReport {
        LockReport(
            address: address,
            holder: LockHolder(client: lock.client, duration: lock.since.duration(to: now)),
            waiters: lock.waiters.map { LockWaiter(client: $0.client, duration: $0.since.duration(to: now)) }
        )
    }

    /// How many locks are held and waited for, and which of them is held longest.
    func summary(now: ContinuousClock.Instant) -> LockSummary {
        var waiting = 0
        var oldest: (address: SessionAddress, lock: Lock)?
        var oldestContended = oldest
        for (address, lock) in locks {
            waiting += lock.waiters.count
            if oldest.map({ lock.since < $0.lock.since }) ?? true { oldest = (address, lock) }
            guard !lock.waiters.isEmpty else { continue }
            if oldestContended.map({ lock.since < $0.lock.since }) ?? true { oldestContended = (address, lock) }
        }
        return LockSummary(
            held: locks.count,
            waiting: waiting,
            oldest: oldest.map { Self.report($0.address, $0.lock, now) },
            oldestContended: oldestContended.map { Self.report($0.address, $0.lock, now) }
        )
    }

    /// Whether the ticket holds the lock.
    func isHeld(by ticket: LockTicket) -> Bool { locks[ticket.address]?.holder == ticket.number }

    /// Notes that the holder is about to read the session anew. Answers whether the ticket still holds the lock.
    mutating func refresh(_ ticket: LockTicket) -> Bool {
        guard isHeld(by: ticket) else { return false }
        locks[ticket.address]?.holderIsStale = false
        return true
    }

    /// Whether the ticket holds the lock, and nobody destroyed the session meanwhile.
    func isCurrent(_ ticket: LockTicket) -> Bool { standing(of: ticket) == .current }

    /// What a ticket is worth now.
    func standing(of ticket: LockTicket) -> Standing {
        guard let lock = locks[ticket.address], lock.holder == ticket.number else { return .lost }
        return lock.holderIsStale ? .stale : .current
    }

    /// A ticket for a session's lock, yet without a claim.
    mutating func makeTicket(_ address: SessionAddress) -> LockTicket {
        lastNumber += 1
        return LockTicket(address: address, number: lastNumber)
    }

    /// Makes a new ticket the holder of a lock that nobody holds.
    mutating func claimIfFree(
        _ address: SessionAddress,
        by client: LockClient,
        now: ContinuousClock.Instant
    ) -> LockTicket? {
        guard locks[address] == nil else { return nil }
        let ticket = makeTicket(address)
        locks[address] = Lock(holder: ticket.number, client: client, since: now)
        return ticket
    }

    /// Makes the ticket the holder, or puts it at the end of the queue.
    mutating func claim(_ ticket: LockTicket, by client: LockClient, now: ContinuousClock.Instant) -> Claim {
        guard let waiting = locks[ticket.address]?.waiters.count else {
            locks[ticket.address] = Lock(holder: ticket.number, client: client, since: now)
            return .granted
        }
        guard waiting < maximumWaiters else { return .full }
        locks[ticket.address]?.waiters.append(Waiter(number: ticket.number, client: client, since: now))
        return .queued
    }

    /// Gives up a ticket, whether it holds, waits or is stale. Answers who holds the lock next, if that changed.
    mutating func release(_ ticket: LockTicket, now: ContinuousClock.Instant) -> Grant? {
        guard let index = locks.index(forKey: ticket.address) else { return nil }
        guard locks.values[index].holder == ticket.number else {
            locks.values[index].waiters.removeAll { $0.number == ticket.number }
            return nil
        }
        // Nearly always nobody waits.
        if locks.values[index].waiters.isEmpty {
            locks.remove(at: index)
            return nil
        }
        return passOn(ticket.address, now: now)
    }

    /// Takes the lock from a holder that has held it for longer than the limit, if anybody waits for it.
    mutating func takeOver(_ address: SessionAddress, now: ContinuousClock.Instant) -> Grant? {
        guard let lock = locks[address], !lock.waiters.isEmpty, lock.since.advanced(by: hold) <= now else { return nil }
        return passOn(address, now: now)
    }

    /// When the present holder of a lock can be taken over.
    func takeOverTime(_ address: SessionAddress) -> ContinuousClock.Instant? {
        locks[address]?.since.advanced(by: hold)
    }

    /// Notes that somebody changed what is stored of the session: its holder has to look again before it writes.
    mutating func recordWasChanged(_ address: SessionAddress) { locks[address]?.holderIsStale = true }

    /// Notes that the session was destroyed: its holder may not write any more, its waiters are told when they are served.
    mutating func sessionWasDestroyed(_ address: SessionAddress) {
        guard let waiting = locks[address]?.waiters.count else { return }
        locks[address]?.holderIsStale = true
        for index in 0..<waiting { locks[address]?.waiters[index].destroyedMeanwhile = true }
    }

    /// Notes that an administrator has ended the session: its holder has lost the lock, the first waiter has it, and all who wait are
    /// told when they are served. Answers who holds the lock next.
    mutating func sessionWasEnded(_ address: SessionAddress, now: ContinuousClock.Instant) -> Grant? {
        sessionWasDestroyed(address)
        return passOn(address, now: now)
    }

    private mutating func passOn(_ address: SessionAddress, now: ContinuousClock.Instant) -> Grant? {
        guard let lock = locks[address], let next = lock.waiters.first else {
            locks[address] = nil
            return nil
        }
        // Stored once: each change of a field in place costs eight allocations.
        locks[address] = Lock(
            holder: next.number,
            client: next.client,
            since: now,
            waiters: Array(lock.waiters.dropFirst())
        )
        return Grant(
            ticket: LockTicket(address: address, number: next.number),
            destroyedMeanwhile: next.destroyedMeanwhile
        )
    }
}
