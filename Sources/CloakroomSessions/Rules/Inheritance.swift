// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

/// What a session takes over from the one whose place it takes under a new id.
struct Inheritance: Sendable {
    /// Where that one is.
    let parent: SessionAddress
    /// When the first one was made.
    let created: UnixTime
    /// The browser that made it.
    let binding: SessionBinding
    /// The user that it belongs to.
    let user: SessionUser?
    /// Another session that took its place already.
    let successor: SessionAddress?
    /// The family of tokens that goes with it.
    let tokenFamily: SessionAddress?

    /// What there is to take over from a session.
    init(_ metadata: SessionMetadata, at address: SessionAddress) {
        parent = address
        created = metadata.created
        binding = metadata.binding
        user = metadata.user
        successor = metadata.successor
        tokenFamily = metadata.tokenFamily
    }
}
