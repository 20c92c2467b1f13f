// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

/// The properties that have to do with keys (`docs/record-format.md`).
extension StoreProperty {
    /// A pool's wrapped address key.
    static func addressKey(of pool: PoolName) -> StoreProperty { StoreProperty("pool/\(pool.text)/address-key") }

    /// That a rotation of a pool's keys is under way: when it began.
    static func rotation(of pool: PoolName) -> StoreProperty { StoreProperty("pool/\(pool.text)/rotation") }

    /// When a key was first in a pool's keyring.
    static func firstSeen(_ key: KeyID, in pool: PoolName) -> StoreProperty {
        StoreProperty("pool/\(pool.text)/key/\(key)")
    }
}

extension UnixTime {
    /// Reads eight bytes, the most significant first, or answers `nil` for another number of them.
    init?(property bytes: [UInt8]) {
        guard bytes.count == 8 else { return nil }
        self.init(seconds: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Eight bytes, the most significant first.
    var propertyBytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> UInt64($0)) }
    }
}
