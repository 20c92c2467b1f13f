// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomStore

extension RocksDBStore {
    /// See ``CloakroomStore/SessionStore/metadata(after:limit:)``. Each call sorts the metadata that are in memory only, at most 16 MiB,
    /// in some ten milliseconds: ask for thousands at a time.
    public func metadata(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredMetadata] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.metadata(after: address, limit: limit)
    }

    /// See ``CloakroomStore/SessionStore/replaceMetadata(at:with:)``.
    public func replaceMetadata(at address: SessionAddress, with value: [UInt8]) throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        try refusal.check()
        let batch = WriteBatch(for: database)
        address.withUnsafeBytes { batch.put(value, at: $0, in: .metadata) }
        try write(batch, to: database, options: unsyncedWrites) {
            UnfinishedChange(address: address, slots: [], groups: [])
        }
    }
}

extension Database {
    /// Up to `limit` sealed metadata behind an address.
    fileprivate func metadata(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredMetadata] {
        let keys = KeyIterator(over: .metadata, of: self, options: ReadOptions())
        (address ?? .none).withUnsafeBytes { keys.seek(to: $0) }
        var found: [StoredMetadata] = []
        while found.count < limit, keys.isValid {
            let next = keys.withEntry { key, value in
                SessionAddress(key).map { StoredMetadata(address: $0, value: [UInt8](value)) }
            }
            guard let next else { throw .strangeMetadataKey }
            if next.address != address { found.append(next) }
            keys.advance()
        }
        try keys.check("reading metadata")
        return found
    }
}

extension StoreError {
    /// What stands in place of an address.
    fileprivate static let strangeMetadataKey = StoreError(
        .corruption,
        "the metadata have a key of the wrong length; restore a backup"
    )
}
