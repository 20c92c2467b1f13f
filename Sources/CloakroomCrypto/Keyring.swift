// SPDX-License-Identifier: Apache-2.0

/// The master keys of a daemon: the first seals, all of them open.
public struct Keyring: Sendable {
    /// The keys, at least one, in the operator's order.
    public let keys: [MasterKey]
    /// The key that seals.
    public let sealingKey: MasterKey

    /// Takes the keys in order.
    ///
    /// - Throws: ``CryptoError`` of code `keyring` when there is none, or one is there twice.
    public init(_ keys: [MasterKey]) throws(CryptoError) {
        guard let first = keys.first else {
            throw CryptoError(.keyring, "the keyring is empty: configure at least one master key")
        }
        var ids: Set<KeyID> = []
        for key in keys {
            guard ids.insert(key.id).inserted else {
                throw CryptoError(.keyring, "\(key) is in the keyring twice: remove one of them")
            }
        }
        self.keys = keys
        sealingKey = first
    }

    /// The key of that name, if it is in the keyring.
    public func key(for id: KeyID) -> MasterKey? {
        keys.first { $0.id == id }
    }
}

extension Keyring: CustomStringConvertible {
    /// The names of the keys.
    public var description: String { keys.map(\.id.description).joined(separator: ", ") }
}
