// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Synchronization

/// Counts unknown session ids for all threads; see ``UnknownIDCounter``.
public final class GuessingWatch<Client: Hashable & Sendable>: Sendable {
    private let counter: Locked<UnknownIDCounter<Client>>
    // Every request asks whether its client is refused, and mostly nobody is: one atomic load instead of a lock.
    private let refusesAnybody = Atomic<Bool>(false)

    /// Counts for so many clients at a time; 65,536 take some 10 MiB, once there are as many.
    public init(_ limits: GuessingLimits, capacity: Int = 65_536) {
        counter = Locked(UnknownIDCounter(limits, capacity: capacity, start: .now))
    }

    /// Notes that a client has sent an unknown id, and says what to do.
    public func note(_ client: Client) -> GuessingVerdict {
        counter.withLock { counter in
            // Asked under the lock, so that times do not run backwards.
            let verdict = counter.note(client, now: .now)
            refusesAnybody.store(counter.refusesAnybody, ordering: .relaxed)
            return verdict
        }
    }

    /// Until when a client is refused; `nil` when it is not.
    public func refusal(of client: Client) -> ContinuousClock.Instant? {
        guard refusesAnybody.load(ordering: .relaxed) else { return nil }
        return counter.withLock { $0.refusal(of: client, now: .now) }
    }
}
