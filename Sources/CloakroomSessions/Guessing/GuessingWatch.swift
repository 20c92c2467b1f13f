// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Counts unknown session ids for all threads; see ``UnknownIDCounter``.
public final class GuessingWatch<Client: Hashable & Sendable>: Sendable {
    private let counter: Locked<UnknownIDCounter<Client>>

    /// Counts for so many clients at a time; 65,536 take some 10 MiB, once there are as many.
    public init(_ limits: GuessingLimits, capacity: Int = 65_536) {
        counter = Locked(UnknownIDCounter(limits, capacity: capacity, start: .now))
    }

    /// Notes that a client has sent an unknown id, and says what to do.
    public func note(_ client: Client) -> GuessingVerdict {
        // The time is asked under the lock, so that times do not run backwards.
        counter.withLock { $0.note(client, now: .now) }
    }
}
