// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

extension SessionRecords {
    /// Leaves nothing in the store's files of what was replaced or removed.
    ///
    /// - Throws: `StoreError`.
    func eraseReplaced() async throws {
        // The store counts for one caller at a time, and would do so itself before it erases; the pool needs the count as well.
        try await usage.prepare()
        try await store.eraseReplaced()
    }
}
