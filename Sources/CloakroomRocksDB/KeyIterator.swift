// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomStore

/// Walks over the keys of a column family in order. Not copyable, so that it owns its C object without a box for it.
struct KeyIterator: ~Copyable {
    // `rocksdb_iterator_t`. It must go before its database, which the reference below sees to.
    private let pointer: OpaquePointer
    private let database: Database
    private let options: ReadOptions

    /// An iterator that stands nowhere yet.
    init(over family: ColumnFamily, of database: Database, options: ReadOptions) {
        pointer = rocksdb_create_iterator_cf(database.pointer, options.pointer, database.handle(family))
        self.database = database
        self.options = options
    }

    deinit { rocksdb_iter_destroy(pointer) }

    /// Goes to the first key at or after the given one.
    func seek(to key: UnsafeRawBufferPointer) {
        let (start, length) = key.characters
        rocksdb_iter_seek(pointer, start, length)
    }

    /// Goes to the next key.
    func advance() { rocksdb_iter_next(pointer) }

    /// Whether it stands on a key; if not, ``check()`` says whether that is the end or a fault.
    var isValid: Bool { rocksdb_iter_valid(pointer) != 0 }

    /// Calls `body` with the key it stands on.
    func withKey<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        var length = 0
        let start = rocksdb_iter_key(pointer, &length)
        return body(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// Calls `body` with the key it stands on and its value.
    func withEntry<Value>(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Value) -> Value {
        withKey { key in
            var length = 0
            let start = rocksdb_iter_value(pointer, &length)
            return body(key, UnsafeRawBufferPointer(start: start, count: length))
        }
    }

    /// Throws the fault that ended the iteration, if one did.
    func check(_ action: StaticString) throws(StoreError) {
        try checked(action) { rocksdb_iter_get_error(pointer, $0) }
    }
}
