// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Sessions that are about to become a user's, in the order in which that began: so that log-ins of one user at the same time
/// count each other, without that one waits for another.
final class PendingLogins: Sendable {
    private let pending = Locked<[SessionAddress: [SessionAddress]]>([:])

    init() {}

    /// Begins a log-in.
    func begin(_ address: SessionAddress, of group: SessionAddress) {
        pending.withLock { $0[group, default: []].append(address) }
    }

    /// Ends a log-in, stored or not.
    func end(_ address: SessionAddress, of group: SessionAddress) {
        pending.withLock { pending in
            guard var logins = pending[group], let place = logins.firstIndex(of: address) else { return }
            logins.remove(at: place)
            pending[group] = logins.isEmpty ? nil : logins
        }
    }

    /// The log-ins of a user that are under way, the one that began first in front.
    func logins(of group: SessionAddress) -> [SessionAddress] { pending.withLock { $0[group] ?? [] } }
}
