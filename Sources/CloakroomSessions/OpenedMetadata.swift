// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto

/// A session's metadata as they are in the store, opened, and the key that seals them. An object, so that it is passed on
/// for one reference count instead of one for each key in it.
final class OpenedMetadata: Sendable {
    /// The key of the metadata.
    let key: MetadataKey
    /// The metadata.
    let metadata: SessionMetadata

    init(_ metadata: SessionMetadata, key: MetadataKey) {
        self.key = key
        self.metadata = metadata
    }
}
