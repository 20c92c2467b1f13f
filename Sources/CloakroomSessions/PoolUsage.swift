// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// How much a pool holds, and whether there is room for one more session. It adds what is written to what the store had
/// when it was opened, which is counted once, in the background.
final class PoolUsage: Sendable {
    private struct State {
        var opening: Task<StoreUsage, any Error>?
        var isKnown = false
        // Until the count is known, the difference from the opening, which may be negative.
        var sessions: Int64 = 0
        var kibibytes: Int64 = 0
    }

    private let store: any SessionStore
    private let maximumSessions: Int?
    private let maximumSize: Int?
    private let deferredWrites: DeferredWrites
    private let state = Locked(State())

    init(store: any SessionStore, rules: SessionRules, deferredWrites: DeferredWrites) {
        self.store = store
        self.deferredWrites = deferredWrites
        maximumSessions = rules.maximumSessions
        maximumSize = rules.maximumTotalSize
        noteRoom(State())
    }

    /// Counts what the store had when it was opened, unless that was done.
    ///
    /// - Throws: `StoreError` when the store cannot tell; the next call tries again.
    func prepare() async throws {
        let opening = state.withLock { state -> Task<StoreUsage, any Error>? in
            guard !state.isKnown else { return nil }
            if state.opening == nil { state.opening = Task.detached { [store] in try await store.usage() } }
            return state.opening
        }
        guard let opening else { return }
        let counted = await opening.result
        state.withLock { state in
            // Whoever waited for the same count is here as well; the first takes it.
            guard state.opening == opening else { return }
            state.opening = nil
            guard case .success(let usage) = counted else { return }
            state.isKnown = true
            state.sessions += Int64(clamping: usage.sessions)
            state.kibibytes += Int64(clamping: usage.kibibytes)
            noteRoom(state)
        }
        _ = try counted.get()
    }

    /// Whether there are limits to what the pool may hold.
    var isLimited: Bool { maximumSessions != nil || maximumSize != nil }

    /// What the pool holds, or `nil` while that is being counted.
    var current: StoreUsage? {
        state.withLock { state in
            guard state.isKnown else { return nil }
            return StoreUsage(sessions: UInt64(clamping: state.sessions), kibibytes: UInt64(clamping: state.kibibytes))
        }
    }

    /// Whether there is room for a session.
    enum Admission: Sendable {
        /// There is, and it was counted.
        case admitted
        /// It would exceed this.
        case refused(PoolLimit)
        /// There are limits, and what the store had is not known yet: call ``prepare()`` and ask again.
        case unknown
    }

    /// Counts a new session, or answers why not.
    func admit(_ filing: ExpiryFiling) -> Admission {
        guard isLimited else {
            change(sessions: 1, kibibytes: Int64(filing.kibibytes))
            return .admitted
        }
        return state.withLock { state in
            guard state.isKnown else { return .unknown }
            let kibibytes = Int64(filing.kibibytes)
            if let limit = limit(state, kibibytes: kibibytes) { return .refused(limit) }
            state.sessions += 1
            state.kibibytes += kibibytes
            noteRoom(state)
            return .admitted
        }
    }

    /// The limit that one more session of this size would exceed.
    private func limit(_ state: State, kibibytes: Int64) -> PoolLimit? {
        if let maximumSessions, state.sessions + 1 > maximumSessions { return .sessions(maximumSessions) }
        if let maximumSize, (state.kibibytes + kibibytes) * 1024 > maximumSize { return .totalSize(maximumSize) }
        return nil
    }

    /// Tells the clients to wait for their writes when there is no room for another session. The caller has the lock, so that
    /// what is said last is true.
    private func noteRoom(_ state: State) {
        guard isLimited else { return }
        deferredWrites.note(.poolFull, !state.isKnown || limit(state, kibibytes: 1) != nil)
    }

    /// Counts what replaces an entry.
    func replaced(_ previous: ExpiryFiling, with next: ExpiryFiling) {
        guard previous.kibibytes != next.kibibytes else { return }
        change(sessions: 0, kibibytes: Int64(next.kibibytes) - Int64(previous.kibibytes))
    }

    /// Counts an entry no more.
    func removed(_ filing: ExpiryFiling) { change(sessions: -1, kibibytes: -Int64(filing.kibibytes)) }

    private func change(sessions: Int64, kibibytes: Int64) {
        state.withLock { state in
            state.sessions += sessions
            state.kibibytes += kibibytes
            noteRoom(state)
        }
    }
}
