// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

/// A session whose lock a client holds, with what was computed for it, so that a request derives each key once.
final class HeldSession: Sendable {
    /// What the store had when the client read or wrote the session last.
    enum Content: Sendable {
        /// There is none that counts; what a session that is made now takes over from another.
        case absent(Inheritance?)
        /// Its metadata, and the key of its body.
        case present(OpenedMetadata, BodyKey)
    }

    /// The session.
    let session: SessionReference
    /// The claim on its lock.
    let ticket: LockTicket
    /// What is known of its record.
    let content: Content

    var address: SessionAddress { ticket.address }

    init(_ session: SessionReference, ticket: LockTicket, content: Content) {
        self.session = session
        self.ticket = ticket
        self.content = content
    }

    /// The same claim, after the record was read or written.
    func with(_ content: Content) -> HeldSession { HeldSession(session, ticket: ticket, content: content) }
}
