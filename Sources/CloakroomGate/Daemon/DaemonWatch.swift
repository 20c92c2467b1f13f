// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSystem
import Synchronization

/// What all threads know of the daemon: whether it answers.
///
/// While it takes connections and answers nothing, one thread at a time waits for it; the others would only wait for the same.
public final class DaemonWatch: Sendable {
    /// What is worth a line in the log.
    public enum News: Equatable, Sendable {
        /// It does not answer, or still does not.
        case away(DaemonAbsence)
        /// It answers again.
        case back
    }

    /// How often the log says that the daemon is still away.
    private static let reminder = Duration.seconds(60)

    private struct State {
        var absence: DaemonAbsence?
        var isTried = false
        var nextLine = MonotonicTime.never
    }

    private let state = Locked(State())
    /// Whether there is an absence: the lock is not needed as long as all is well.
    private let isAway = Atomic<Bool>(false)

    /// Takes the daemon for present.
    public init() {}

    /// Whether it was asked last and did not answer in time, so that whoever asks may have to wait for nothing.
    public var isLate: Bool {
        guard isAway.load(ordering: .relaxed) else { return false }
        return state.withLock { if case .late? = $0.absence { true } else { false } }
    }

    /// Asks by `ask`, unless the daemon is known not to answer in time and another thread is finding out whether it does now.
    ///
    /// - Parameter report: is told what the log should say.
    public func reply(_ report: (News) -> Void, asking ask: () -> DaemonReplies) -> DaemonReplies {
        guard isAway.load(ordering: .relaxed) else { return note(ask(), isTry: false, report) }
        let waits = state.withLock { state in
            guard case .late? = state.absence else { return false }
            guard !state.isTried else { return true }
            state.isTried = true
            return false
        }
        return waits ? .absent(.late) : note(ask(), isTry: true, report)
    }

    private func note(_ reply: DaemonReplies, isTry: Bool, _ report: (News) -> Void) -> DaemonReplies {
        switch reply {
        case .answers:
            guard isTry || isAway.load(ordering: .relaxed) else { return reply }
            let wasAway = state.withLock { state in
                let wasAway = state.absence != nil
                state = State()
                isAway.store(false, ordering: .relaxed)
                return wasAway
            }
            if wasAway { report(.back) }
        case .absent(let absence):
            let now = MonotonicTime.now
            let isLine = state.withLock { state in
                let isLine = state.absence == nil || state.nextLine <= now
                state.absence = absence
                state.isTried = false
                if isLine { state.nextLine = now + Self.reminder }
                isAway.store(true, ordering: .relaxed)
                return isLine
            }
            if isLine { report(.away(absence)) }
        }
        return reply
    }
}
