// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension SessionService {
    /// Whose session a lock is of; `nil` when that is not known, or the session does not open.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func user(of lock: LockReport) throws -> UserName? {
        if let cached = records.cache[lock.address] { return cached.metadata.user?.name }
        guard let value = try records.store.metadata(at: lock.address),
            case .session(let metadata) = try records.inspect(value, at: lock.address)
        else { return nil }
        return metadata.user?.name
    }
}
