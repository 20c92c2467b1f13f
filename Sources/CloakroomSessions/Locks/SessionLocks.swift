// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Logging

/// The lock of each session, from a request's `session_start` to its `session_write_close`. A waiter sleeps until it is
/// woken: by a release, by its time limit, by the holder's, or because its client has gone.
final class SessionLocks: Sendable {
    /// What became of a request for a lock.
    enum Acquisition: Sendable {
        /// The caller holds the lock; `destroyedMeanwhile` when the session was destroyed while it waited.
        case granted(LockTicket, destroyedMeanwhile: Bool)
        /// Somebody else held it all the time; who does now.
        case timedOut(LockHolder?)
        /// Too many wait already.
        case tooManyWaiters
        /// The caller's task was cancelled.
        case cancelled
    }

    private struct State {
        var table: LockTable
        var waiting: [LockTicket: Waiting] = [:]
    }

    private struct Waiting {
        let client: LockClient
        let continuation: CheckedContinuation<Acquisition, Never>
        let deadline: ContinuousClock.Instant
        var timer: Task<Void, Never>?
    }

    private let state: Locked<State>
    private let clock = ContinuousClock()

    private let logger: Logger

    init(rules: SessionRules, logger: Logger) {
        self.logger = logger
        state = Locked(State(table: LockTable(hold: rules.lockHold, maximumWaiters: rules.maximumWaiters)))
    }

    /// Acquires a session's lock if nobody holds it.
    func acquireNow(_ address: SessionAddress, for client: LockClient) -> LockTicket? {
        let now = clock.now
        return state.withLock { $0.table.claimIfFree(address, by: client, now: now) }
    }

    /// Acquires a session's lock, waiting at most `wait`.
    func acquire(_ address: SessionAddress, for client: LockClient, wait: Duration) async -> Acquisition {
        if let ticket = acquireNow(address, for: client) { return .granted(ticket, destroyedMeanwhile: false) }
        let ticket = state.withLock { $0.table.makeTicket(address) }
        return await queue(ticket, client, until: clock.now.advanced(by: wait))
    }

    /// Gives up a lock; does nothing for one that was taken over.
    func release(_ ticket: LockTicket) {
        wake { state, now in state.table.release(ticket, now: now) }
    }

    /// Whether the ticket still holds its lock, and the session was not destroyed by somebody else meanwhile.
    func isCurrent(_ ticket: LockTicket) -> Bool { state.withLock { $0.table.isCurrent(ticket) } }

    /// Whether the ticket still holds its lock, and what it knows of the session is still true.
    func standing(of ticket: LockTicket) -> LockTable.Standing { state.withLock { $0.table.standing(of: ticket) } }

    /// Notes that the holder is about to read the session anew. Answers whether the ticket still holds the lock.
    func refresh(_ ticket: LockTicket) -> Bool { state.withLock { $0.table.refresh(ticket) } }

    /// How many wait for the session's lock.
    func waiters(for address: SessionAddress) -> Int { state.withLock { $0.table.waiters(for: address) } }

    /// All locks that are held, those held longest first.
    func report() -> [LockReport] {
        let now = clock.now
        return state.withLock { $0.table.report(now: now) }
    }

    /// How many locks are held and waited for.
    func summary() -> LockSummary {
        let now = clock.now
        return state.withLock { $0.table.summary(now: now) }
    }

    /// The lock of one session, if it is held.
    func report(on address: SessionAddress) -> LockReport? {
        let now = clock.now
        return state.withLock { $0.table.report(on: address, now: now) }
    }

    /// Whether anybody holds the session's lock.
    func isHeld(_ address: SessionAddress) -> Bool { state.withLock { $0.table.isHeld(address) } }

    /// Notes that a session was destroyed, for those who hold or wait for its lock.
    func sessionWasDestroyed(_ address: SessionAddress) {
        state.withLock { $0.table.sessionWasDestroyed(address) }
    }

    /// Notes that an administrator has ended a session, takes its lock from whoever holds it, and wakes the first waiter. Answers whether
    /// anybody held it.
    func sessionWasEnded(_ address: SessionAddress) -> Bool {
        var wasHeld = false
        wake { state, now in
            wasHeld = state.table.isHeld(address)
            return state.table.sessionWasEnded(address, now: now)
        }
        return wasHeld
    }

    /// Notes that what is stored of a session was changed, for whoever holds its lock.
    func recordWasChanged(_ address: SessionAddress) {
        state.withLock { $0.table.recordWasChanged(address) }
    }

    private func queue(
        _ ticket: LockTicket,
        _ client: LockClient,
        until deadline: ContinuousClock.Instant
    ) async -> Acquisition {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(client: client, continuation: continuation, deadline: deadline)
                if let outcome = claim(ticket, waiting) {
                    continuation.resume(returning: outcome)
                }
            }
        } onCancel: {
            giveUp(ticket) { _ in .cancelled }
        }
    }

    /// Claims the lock and files the continuation in one step, so that no grant can come in between. Answers the outcome
    /// when there is nothing to wait for.
    private func claim(_ ticket: LockTicket, _ waiting: Waiting) -> Acquisition? {
        let outcome: Acquisition? = state.withLock { state in
            // A cancellation from here on finds the continuation filed.
            guard !Task.isCancelled else { return .cancelled }
            switch state.table.claim(ticket, by: waiting.client, now: clock.now) {
            case .granted: return .granted(ticket, destroyedMeanwhile: false)
            case .full: return .tooManyWaiters
            case .queued:
                state.waiting[ticket] = waiting
                return nil
            }
        }
        if outcome == nil { startTimer(ticket, deadline: waiting.deadline) }
        return outcome
    }

    private func startTimer(_ ticket: LockTicket, deadline: ContinuousClock.Instant) {
        let timer = Task { await self.watch(ticket, deadline: deadline) }
        let isServed = state.withLock { state in
            state.waiting[ticket]?.timer = timer
            return state.waiting[ticket] == nil
        }
        if isServed { timer.cancel() }
    }

    /// Ends a wait at its deadline, and has the lock taken over when its holder's time is up.
    private func watch(_ ticket: LockTicket, deadline: ContinuousClock.Instant) async {
        while !Task.isCancelled {
            let holderEnds = state.withLock { $0.table.takeOverTime(ticket.address) } ?? deadline
            guard (try? await clock.sleep(until: min(deadline, holderEnds))) != nil else { return }
            takeOver(ticket.address)
            if clock.now >= deadline { return giveUp(ticket) { .timedOut($0) } }
        }
    }

    /// Passes the lock of a holder whose time is up to the first waiter.
    private func takeOver(_ address: SessionAddress) {
        var holder: LockHolder?
        wake { state, now in
            let before = state.table.holder(of: address, now: now)
            let grant = state.table.takeOver(address, now: now)
            if grant != nil { holder = before }
            return grant
        }
        guard let holder else { return }
        logger.warning(
            "a lock was held for longer than sessions.lock_hold, and was passed on",
            metadata: ["session": "\(address.tag)", "holder": "\(holder)"]
        )
    }

    private func giveUp(_ ticket: LockTicket, _ outcome: (LockHolder?) -> Acquisition) {
        let now = clock.now
        let left = state.withLock { state -> (Waiting, LockHolder?)? in
            guard let waiting = state.waiting.removeValue(forKey: ticket) else { return nil }
            _ = state.table.release(ticket, now: now)
            return (waiting, state.table.holder(of: ticket.address, now: now))
        }
        guard let (waiting, holder) = left else { return }
        waiting.timer?.cancel()
        waiting.continuation.resume(returning: outcome(holder))
    }

    /// Changes the table, and wakes the waiter that the change made the holder.
    @inline(__always)
    private func wake(_ change: (inout State, ContinuousClock.Instant) -> LockTable.Grant?) {
        let now = clock.now
        let served = state.withLock { state -> (Waiting, LockTable.Grant)? in
            guard let grant = change(&state, now) else { return nil }
            return state.waiting.removeValue(forKey: grant.ticket).map { ($0, grant) }
        }
        guard let (waiting, grant) = served else { return }
        waiting.timer?.cancel()
        waiting.continuation.resume(
            returning: .granted(grant.ticket, destroyedMeanwhile: grant.destroyedMeanwhile)
        )
    }
}
