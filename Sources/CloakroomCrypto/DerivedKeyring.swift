// SPDX-License-Identifier: Apache-2.0

internal import CloakroomCore

/// What one pool derives from the keys of a keyring, in their order: the first seals, all open. It never changes; a change of the
/// keyring makes another one, and the last request that uses this one wipes the keys that only this one has.
final class DerivedKeyring: Sendable {
    /// The keys, at least one.
    let keys: [PoolKeys]

    /// What seals.
    var sealing: PoolKeys { keys[0] }
    /// The names of the keys.
    var ids: [KeyID] { keys.map(\.masterKeyID) }

    /// Derives what is not among `known` already.
    init(_ keyring: Keyring, pool: PoolName, known: [PoolKeys] = []) throws(CryptoError) {
        var keys: [PoolKeys] = []
        for master in keyring.keys {
            if let derived = known.first(where: { $0.masterKeyID == master.id }) {
                keys.append(derived)
            } else {
                keys.append(try PoolKeys(master, pool: pool))
            }
        }
        self.keys = keys
    }

    private init(_ keys: [PoolKeys]) { self.keys = keys }

    /// The same without one key; `nil` when that is the one that seals.
    func without(_ id: KeyID) -> DerivedKeyring? {
        id == sealing.masterKeyID ? nil : DerivedKeyring(keys.filter { $0.masterKeyID != id })
    }

    /// What is derived from a key, if that is in the keyring.
    func key(for id: KeyID) -> PoolKeys? { keys.first { $0.masterKeyID == id } }
}

extension DerivedKeyring: CustomStringConvertible {
    /// The names of the keys.
    var description: String { ids.map(\.description).joined(separator: ", ") }
}
