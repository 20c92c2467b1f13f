// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension SessionRecords {
    /// Reads a session that was just stored as if nothing were known of it: what the store has is opened with keys that are
    /// derived anew, and compared. The caller holds the latch.
    ///
    /// - Throws: `StoreError` when it is not what was to be stored.
    func readBack(_ data: SessionData, of session: SessionReference, at address: SessionAddress) throws {
        guard let record = try store.record(at: address), let body = record.body,
            case .opened(let metadata) = try sealer.openMetadata(
                record.metadata,
                at: address,
                with: try sealer.metadataKey(at: address)
            ),
            case .opened(let bytes) = try sealer.openBody(
                body,
                at: address,
                version: metadata.version,
                expires: metadata.bodyExpires,
                with: try sealer.bodyKey(for: session, dataKey: metadata.dataKey)
            ),
            bytes == data.bytes, metadata.size == UInt64(bytes.count)
        else {
            throw StoreError(
                .corruption,
                "a session that was just stored did not read back as it was: check the memory and the disk of this machine"
            )
        }
    }
}
