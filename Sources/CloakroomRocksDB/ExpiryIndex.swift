// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// Scans of the expiry entries.
final class ExpiryIndex: Sendable {
    private let floor = ExpiryFloor()
    // One scan at a time, as the floor needs it. Held across reads: sweeps are few, and clients do not wait for them.
    private let scanning = Locked(())

    /// Notes that an entry was written; call it after the write, whether or not it failed.
    func written(_ key: ExpiryKey) { floor.written(key) }

    /// Up to `limit` entries of slots up to and including `time`, in order.
    ///
    /// - Throws: ``StoreError`` when the scan met a fault; the next one begins where this one did.
    func entries(through time: UnixTime, limit: Int, of database: Database) throws(StoreError) -> [ExpiryEntry] {
        guard limit > 0 else { return [] }
        return try scanning.withLock { _ throws(StoreError) -> [ExpiryEntry] in
            let start = floor.beginScan()
            guard let end = ExpiryKey(after: time) else {
                return try scan(from: start, options: ReadOptions(), end: .last, limit: limit, of: database)
            }
            guard start < end else { return [] }
            return try end.withUnsafeBytes { bytes throws(StoreError) -> [ExpiryEntry] in
                let options = ReadOptions()
                // Else a scan that finds little would walk over the deletions of slots to come.
                options.bound(below: bytes)
                return try scan(from: start, options: options, end: end, limit: limit, of: database)
            }
        }
    }

    private func scan(
        from start: ExpiryKey,
        options: ReadOptions,
        end: ExpiryKey,
        limit: Int,
        of database: Database
    ) throws(StoreError) -> [ExpiryEntry] {
        let keys = KeyIterator(over: .expiry, of: database, options: options)
        start.withUnsafeBytes { keys.seek(to: $0) }
        var entries: [ExpiryEntry] = []
        while entries.count < limit, let entry = try keys.expiryEntry() {
            entries.append(entry)
            keys.advance()
        }
        floor.endScan(nothingBelow: entries.first.map { ExpiryKey($0.slot, $0.address) } ?? end)
        return entries
    }
}
