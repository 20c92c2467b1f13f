// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

/// A session's metadata, opened, and the key that seals them. They are those in the store, but for touches that were not
/// worth writing. An object, so that it is passed on for one reference count instead of one for each key in it.
final class OpenedMetadata: Sendable {
    /// The key of the metadata.
    let key: MetadataKey
    /// The metadata.
    let metadata: SessionMetadata
    /// The deadline that the store has.
    let storedDeadline: UnixTime
    // When the session was last seen, as the store has it.
    private let storedLastSeen: UnixTime

    /// Metadata that are in the store.
    convenience init(_ metadata: SessionMetadata, key: MetadataKey) {
        self.init(metadata, key: key, stored: (metadata.deadline, metadata.lastSeen))
    }

    private init(_ metadata: SessionMetadata, key: MetadataKey, stored: (deadline: UnixTime, lastSeen: UnixTime)) {
        self.key = key
        self.metadata = metadata
        storedDeadline = stored.deadline
        storedLastSeen = stored.lastSeen
    }

    /// The same with a key that was derived anew.
    func with(_ key: MetadataKey) -> OpenedMetadata {
        OpenedMetadata(metadata, key: key, stored: (storedDeadline, storedLastSeen))
    }

    /// The same after a touch that moves the deadline so little that the store need not know; `nil` when it must. A daemon
    /// that starts anew would then have the session expire a little early: by less than a slot of expiry, a sixty-fourth of
    /// its lifetime and a minute at most.
    func touched(_ next: SessionMetadata, key: MetadataKey) -> OpenedMetadata? {
        guard next.lifetime == metadata.lifetime, next.bodyExpires == metadata.bodyExpires,
            next.expirySlot == metadata.expirySlot, next.tokenFamily == metadata.tokenFamily,
            next.binding == metadata.binding,
            next.deadline >= storedDeadline, next.lastSeen >= storedLastSeen,
            // Not the deadline: that stays where it is once the session nears its greatest age.
            next.lastSeen.seconds - storedLastSeen.seconds < ExpirySlot.grain(lifetime: next.lifetime)
        else { return nil }
        return OpenedMetadata(next, key: key, stored: (storedDeadline, storedLastSeen))
    }
}
