// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomCrypto

/// What is known of a master key.
public struct KeyReport: Hashable, Sendable {
    /// The key.
    public let id: KeyID
    /// Whether it is the one that seals.
    public let isSealing: Bool
    /// Whether it is in the keyring. If not, nobody can open what it sealed.
    public let isInKeyring: Bool
    /// When the pool's store first had it in its keyring; `nil` when that is not known.
    public let firstSeen: UnixTime?
    /// How many records say that it sealed them, families of tokens included.
    public let records: Int
    /// Whether it seals the store's address key.
    public let sealsAddressKey: Bool
}
