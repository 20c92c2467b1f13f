// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

/// Walks over all metadata, in steps.
struct KeyScan {
    /// Records read in one go: some ten milliseconds, most of which are the same for fewer of them.
    static let page = 4096

    private let store: any SessionStore
    private let page: Int
    private var last: SessionAddress?
    private var isAtEnd = false

    /// Begins in front of all metadata.
    ///
    /// - Parameter page: records read in one go.
    init(_ store: any SessionStore, page: Int = KeyScan.page) {
        self.store = store
        self.page = page
    }

    /// The next ones; `nil` when there are none left.
    ///
    /// - Throws: `StoreError`.
    mutating func next() throws -> [StoredMetadata]? {
        guard !isAtEnd else { return nil }
        let found = try store.metadata(after: last, limit: page)
        isAtEnd = found.count < page
        last = found.last?.address
        return found
    }

    /// How many records say that they were sealed under each key.
    ///
    /// - Throws: `StoreError`; `CancellationError` when the task was cancelled.
    static func counts(_ store: any SessionStore) async throws -> [KeyID: Int] {
        var counts: [KeyID: Int] = [:]
        var scan = KeyScan(store)
        while let page = try scan.next() {
            for record in page {
                if let id = SessionSealer.keyID(of: record.value) { counts[id, default: 0] += 1 }
            }
            try Task.checkCancellation()
            await Task.yield()
        }
        return counts
    }
}
