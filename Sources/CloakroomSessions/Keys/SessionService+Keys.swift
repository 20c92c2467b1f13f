// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto
import CloakroomStore

extension SessionService {
    /// The keys in order, the sealing one first.
    public var keyIDs: [KeyID] { sealer.keyIDs }

    /// Uses another keyring from now on. Which records need which key is known by a scan only (``keyReports()``): a session whose key is
    /// not in the new keyring is absent, and the log names its key.
    ///
    /// A request that has a session at this time keeps what was derived for this one session until it ends, but seals nothing with it.
    ///
    /// - Throws: `CryptoError` of code `keyring` when the keyring lacks the key that the store's address key needs, `StoreError` when that
    ///   cannot be read; the old keyring stays in use.
    public func take(_ keyring: Keyring) throws -> KeyringChange { try keys.take(keyring) }

    /// What each key still seals, found by a scan in steps: the keyring's keys in order, then those that sealed something and are not in
    /// it.
    ///
    /// - Throws: `StoreError`; `CancellationError` when the task was cancelled.
    public func keyReports() async throws -> [KeyReport] { try await keys.reports() }

    /// Seals under the first key what another one has sealed, while requests are served. Joins a rotation that is under way. Records that
    /// cannot be opened are left as they are; the log says how many.
    ///
    /// Cancelling the task ends the wait; the rotation itself is interrupted when nobody waits for it any more.
    ///
    /// - Parameter progress: is called now and then, on any thread.
    /// - Throws: `StoreError` or `CryptoError`; the next rotation goes on where this one stopped.
    public func rotateKeys(
        progress: @escaping @Sendable (RotationProgress) -> Void
    ) async throws -> RotationOutcome {
        try await rotation.rotate(progress: progress)
    }

    /// Notes since when the pool has its keys, and goes on in the background with a rotation that the end of the daemon interrupted.
    /// Call it once after the start.
    public func resumeRotation() async {
        keys.noteFirstSeen()
        rotation.resume()
    }

    /// Takes a key out of the keyring until the next ``take(_:)``, if nothing needs it any more, and removes from the store's files what
    /// it may have sealed before.
    ///
    /// - Throws: `StoreError` or `CryptoError`; `CancellationError` when the task was cancelled.
    public func retire(_ id: KeyID) async throws -> RetireOutcome {
        rotation.isUnderWay ? .rotating : try await keys.retire(id)
    }
}
