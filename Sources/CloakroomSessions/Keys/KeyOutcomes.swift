// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto

/// What taking a keyring changed.
public enum KeyringChange: Hashable, Sendable {
    /// Nothing: the same keys in the same order.
    case unchanged
    /// There are other keys, or their order is another; this one seals now.
    case changed(sealing: KeyID)
}

/// How a rotation ended.
public enum RotationOutcome: Hashable, Sendable {
    /// The first key seals everything that can be opened, and the store's files have nothing else any more.
    case complete(resealed: Int)
    /// It was cancelled, or the daemon stops. It goes on with the next call, or after the next start.
    case interrupted
}

/// What became of a wish to take a key out of the keyring.
public enum RetireOutcome: Hashable, Sendable {
    /// The key is gone.
    case retired
    /// So many records can only be opened with it, or the store's address key can: rotate first.
    case needed(records: Int, addressKey: Bool)
    /// It is the first key, which seals: put another one in front of it first.
    case seals
    /// It is not in the keyring.
    case unknown
    /// A rotation is under way: wait for its end.
    case rotating
}
