// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// One claim on a session's lock, first as a waiter and then as its holder. A number is never given twice, so a ticket
/// whose lock was taken over is known to be stale.
struct LockTicket: Hashable, Sendable {
    let address: SessionAddress
    let number: UInt64
}
