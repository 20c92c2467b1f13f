// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Logging

/// Says which keys are missing, each once in a while: not for each record that such a key sealed.
final class MissingKeyLog: Sendable {
    /// The time after which a key is named again.
    static let interval = Duration.seconds(3600)
    /// Keys that are remembered. Whoever can write to the store could name any number.
    private static let capacity = 64

    private let named = Locked<[KeyID: ContinuousClock.Instant]>([:])

    /// Says that a record needs a key which is not in the keyring, unless that was said lately.
    func note(_ id: KeyID, now: ContinuousClock.Instant = .now, _ logger: Logger) {
        guard admit(id, now: now) else { return }
        logger.error(
            "stored sessions are sealed with a key that is not in the keyring: add it behind the first one, or those users have to log in again",
            metadata: ["key": "\(id)"]
        )
    }

    /// The keys that were named lately.
    func recent(now: ContinuousClock.Instant = .now) -> [KeyID] {
        named.withLock { named in named.filter { $0.value.advanced(by: Self.interval) > now }.map(\.key) }
            .sorted { $0.description < $1.description }
    }

    private func admit(_ id: KeyID, now: ContinuousClock.Instant) -> Bool {
        named.withLock { named in
            if let last = named[id], last.advanced(by: Self.interval) > now { return false }
            if named.count >= Self.capacity {
                named = named.filter { $0.value.advanced(by: Self.interval) > now }
                guard named.count < Self.capacity else { return false }
            }
            named[id] = now
            return true
        }
    }
}
