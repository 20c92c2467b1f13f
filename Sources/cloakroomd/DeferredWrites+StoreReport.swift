// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomSessions

extension DeferredWrites {
    /// Notes whether the store takes writes.
    func note(_ report: StoreReport) {
        switch report {
        case .refusesWrites, .refusesReads: note(.storeRefuses)
        case .resumed: note(.storeRefuses, false)
        }
    }
}
