// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Synchronization

/// What the rules remember of one connection: the session whose lock it holds. A connection asks one thing at a time.
public final class SessionClient: Sendable {
    private let heldSession = Mutex<HeldSession?>(nil)

    /// A client that holds nothing.
    public init() {}

    var held: HeldSession? {
        get { heldSession.withLock { $0 } }
        set { heldSession.withLock { $0 = newValue } }
    }
}

/// A session whose lock a client holds, with what was computed for it, so that a request derives each key once.
struct HeldSession: Sendable {
    /// The session.
    let session: SessionReference
    /// The claim on its lock.
    let ticket: LockTicket
    /// The key of its metadata.
    let metadataKey: MetadataKey
    /// What the store had when the client read or wrote it last.
    var content: KnownContent

    var address: SessionAddress { ticket.address }
}

/// What is known of a record while its lock is held.
enum KnownContent: Sendable {
    /// There is none that counts.
    case absent
    /// Its metadata, and the key of its body.
    case present(SessionMetadata, BodyKey)
}
