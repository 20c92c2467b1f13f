// SPDX-License-Identifier: Apache-2.0

import CRocksDB

/// Changes that are written together or not at all. Not copyable, so that it owns its C object without a box for it.
struct WriteBatch: ~Copyable {
    /// `rocksdb_writebatch_t`.
    let pointer: OpaquePointer
    private let database: Database

    /// An empty batch for a database.
    init(for database: Database) {
        pointer = database.batches.take()
        self.database = database
    }

    deinit { database.batches.giveBack(pointer) }

    /// Sets a value.
    func put(_ value: [UInt8], at key: UnsafeRawBufferPointer, in family: ColumnFamily) {
        let (keyStart, keyLength) = key.characters
        value.withUnsafeBytes { value in
            let (start, length) = value.characters
            rocksdb_writebatch_put_cf(pointer, database.handle(family), keyStart, keyLength, start, length)
        }
    }

    /// Removes a value, if there is one.
    func delete(_ key: UnsafeRawBufferPointer, in family: ColumnFamily) {
        let (start, length) = key.characters
        rocksdb_writebatch_delete_cf(pointer, database.handle(family), start, length)
    }
}
