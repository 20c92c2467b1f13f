// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
public import CloakroomCore
public import CloakroomSessions

/// A pool as administrators see it: its sessions, and where its keys come from.
public final class AdministeredPool: Sendable {
    /// The pool's name.
    public let name: PoolName
    /// Its sessions.
    public let sessions: SessionService

    private let state: Locked<KeyringReading>

    /// A pool with the keys that it was started with.
    public init(name: PoolName, sessions: SessionService, keys: KeyringReading) {
        self.name = name
        self.sessions = sessions
        state = Locked(keys)
    }

    /// What was read last.
    var keys: KeyringReading { state.withLock { $0 } }

    /// Uses the keys of a later reading.
    ///
    /// - Throws: `CryptoError` or `StoreError`; the old ones stay in use.
    func take(_ keys: KeyringReading) throws -> KeyringChange {
        let change = try sessions.take(keys.keyring)
        state.withLock { $0 = keys }
        return change
    }

    /// Does something for the pool; what is thrown names it, unless it is the standard pool, of which nobody need know.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        guard name != .standard else { return try body() }
        do { return try body() } catch { throw ConfigurationError(.conflict, "pool \(name): \(error)") }
    }
}
