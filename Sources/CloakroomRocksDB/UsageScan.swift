// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

/// Adds up the expiry entries that there were at a snapshot, in batches.
struct UsageScan {
    /// Entries looked at in one go: about a millisecond, for which somebody who closes the store waits.
    private static let batch = 4096

    /// The sum so far.
    private(set) var usage = StoreUsage()
    private var next = ExpiryKey.first

    /// Adds a batch; answers whether that was the last one.
    ///
    /// - Throws: ``StoreError`` when the entries cannot be read.
    mutating func advance(over database: Database, at snapshot: OpaquePointer) throws(StoreError) -> Bool {
        let keys = KeyIterator(over: .expiry, of: database, options: ReadOptions(at: snapshot))
        next.withUnsafeBytes { keys.seek(to: $0) }
        for _ in 0..<Self.batch {
            guard let entry = try keys.expiryEntry() else { return true }
            usage.add(entry.filing)
            keys.advance()
        }
        guard let entry = try keys.expiryEntry() else { return true }
        next = ExpiryKey(entry.slot, entry.address)
        return false
    }
}
