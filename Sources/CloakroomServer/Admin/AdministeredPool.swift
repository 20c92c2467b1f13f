// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomCrypto
public import CloakroomSessions

/// A pool as administrators see it: its sessions, and where its keys come from.
public final class AdministeredPool: Sendable {
    /// What was read from a pool's sources.
    struct Keys: Sendable {
        let source: KeyringSource
        let keyring: Keyring
        /// Where each key came from.
        let origins: [KeyID: String]

        /// - Throws: `CryptoError` of code `keyring` when there is no key, or one is there twice.
        init(_ source: KeyringSource, _ entries: [KeyringSource.Entry]) throws(CryptoError) {
            self.source = source
            keyring = try Keyring(entries.map(\.key))
            origins = Dictionary(uniqueKeysWithValues: entries.map { ($0.key.id, "\($0.source)") })
        }
    }

    /// The pool's name.
    public let name: PoolName
    /// Its sessions.
    public let sessions: SessionService

    private let state: Locked<Keys>

    /// A pool with the keys that it was started with.
    ///
    /// - Parameter entries: what `source` gave.
    /// - Throws: `CryptoError` of code `keyring` when there is no key, or one is there twice.
    public init(
        name: PoolName,
        sessions: SessionService,
        source: KeyringSource,
        entries: [KeyringSource.Entry]
    ) throws(CryptoError) {
        self.name = name
        self.sessions = sessions
        state = Locked(try Keys(source, entries))
    }

    /// What was read last.
    var keys: Keys { state.withLock { $0 } }

    /// Uses the keys of a later reading.
    ///
    /// - Throws: `CryptoError` or `StoreError`; the old ones stay in use.
    func take(_ keys: Keys) throws -> KeyringChange {
        let change = try sessions.take(keys.keyring)
        state.withLock { $0 = keys }
        return change
    }
}
