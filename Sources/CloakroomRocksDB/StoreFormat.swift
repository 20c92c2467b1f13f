// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

/// The store's own format, kept as a property so that a store of another format is refused and not misread.
enum StoreFormat {
    private static let property = StoreProperty("format")
    private static let current = Array("1".utf8)

    /// Checks the format of an open database, and writes it to an empty one.
    ///
    /// - Throws: ``StoreError/Code/format`` when it is another, or missing beside data.
    static func check(_ database: Database, directory: String) throws(StoreError) {
        switch try database.property(property) {
        case current: return
        case nil where try database.isEmpty():
            try database.setProperty(property, to: current, WriteOptions(sync: true))
        case nil:
            throw StoreError(
                .format,
                "\(directory) holds a RocksDB database that is not a Cloakroom store; use an empty directory"
            )
        default:
            throw StoreError(
                .format,
                "the store in \(directory) is of another format than this version's (1); use the version that wrote it"
            )
        }
    }
}

extension Database {
    /// The value of a property, or `nil`.
    func property(_ name: StoreProperty) throws(StoreError) -> [UInt8]? {
        let key = Array(name.name.utf8)
        return try key.span.withUnsafeBytes { bytes throws(StoreError) -> [UInt8]? in
            try value(at: bytes, in: .properties)
        }
    }

    /// Sets a property.
    func setProperty(_ name: StoreProperty, to value: [UInt8], _ options: WriteOptions) throws(StoreError) {
        let batch = WriteBatch(for: self)
        let key = Array(name.name.utf8)
        key.withUnsafeBytes { batch.put(value, at: $0, in: .properties) }
        try write(batch, options)
    }

    /// Removes a property.
    func removeProperty(_ name: StoreProperty, _ options: WriteOptions) throws(StoreError) {
        let batch = WriteBatch(for: self)
        let key = Array(name.name.utf8)
        key.withUnsafeBytes { batch.delete($0, in: .properties) }
        try write(batch, options)
    }
}
