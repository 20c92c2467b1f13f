// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What one connection takes of its user's share.
struct ClientShare: Sendable {
    /// The user, by id.
    let user: UInt32
    private let bytes: BytesInFlight
    private let maximumBytes: Int

    init(user: UInt32, bytes: BytesInFlight, maximumBytes: Int) {
        self.user = user
        self.bytes = bytes
        self.maximumBytes = maximumBytes
    }

    /// Takes bytes of the user's share, or none and answers `false` when there are not as many.
    func take(_ count: Int) -> Bool {
        guard bytes.value.add(count, ordering: .relaxed).newValue > maximumBytes else { return true }
        give(count)
        return false
    }

    /// Gives bytes back.
    func give(_ count: Int) { bytes.value.subtract(count, ordering: .relaxed) }
}

/// The number of bytes that are held for all connections of a user.
final class BytesInFlight: Sendable {
    let value = Atomic<Int>(0)
}
