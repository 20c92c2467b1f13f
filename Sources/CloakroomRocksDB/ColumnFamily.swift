// SPDX-License-Identifier: Apache-2.0

/// The parts of the store (`docs/record-format.md`). The raw value is the position in the lists RocksDB is opened with.
enum ColumnFamily: Int, CaseIterable {
    /// Properties of the store as a whole.
    case properties
    /// Sealed metadata by address.
    case metadata
    /// Sealed bodies by address.
    case body
    /// Expiry entries: slot, then address.
    case expiry
    /// Members of groups: group, then address.
    case index

    /// The name RocksDB knows it by; RocksDB insists on the first.
    var name: StaticString {
        switch self {
        case .properties: "default"
        case .metadata: "metadata"
        case .body: "body"
        case .expiry: "expiry"
        case .index: "index"
        }
    }

    /// Bytes of changes held in memory before they become a file.
    var memtableSize: Int {
        switch self {
        case .properties: 1 << 20
        case .metadata: 16 << 20
        case .body: 64 << 20
        case .expiry, .index: 8 << 20
        }
    }

    /// Whether its values begin with a `RecordHeader`, so that compaction can drop those whose time has passed.
    var holdsRecords: Bool { self == .metadata || self == .body }
}
