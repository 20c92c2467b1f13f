// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension Samples {
    /// Records of ``sessions`` sessions, which replace ones of the same expiry entry.
    static func updates(_ sealer: SessionSealer) throws -> [RecordUpdate] {
        try (0..<sessions).map { number in
            let session = try session(number)
            let address = try sealer.address(of: session)
            let metadata = try metadata()
            let filing = ExpiryFiling(slot: ExpirySlot(metadata.expirySlot), kibibytes: 3)
            return RecordUpdate(
                address: address,
                metadata: try sealer.seal(metadata, at: address, with: sealer.metadataKey(at: address)),
                body: try sealer.sealBody(
                    data().bytes,
                    at: address,
                    version: metadata.version,
                    expires: metadata.bodyExpires,
                    with: sealer.bodyKey(for: session, dataKey: metadata.dataKey)
                ),
                previousExpiry: filing,
                expiry: filing
            )
        }
    }
}
