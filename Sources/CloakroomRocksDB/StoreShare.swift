// SPDX-License-Identifier: Apache-2.0

/// What one of several stores in a process may take of its memory, its disk and its files. Up to four have what one alone has;
/// more share out what four have, so that the number of pools is no question of memory.
struct StoreShare: Equatable, Sendable {
    /// How many stores have all.
    private static let full = 4
    /// With less, each table would be too small to be worth a file.
    private static let greatestDivisor = 16
    /// What a store has open beside tables: its log, manifest and lock, and directories.
    private static let otherFiles = 16

    private let divisor: Int

    /// The share of each of so many stores.
    init(stores: Int) {
        divisor = min(max(1, (stores + Self.full - 1) / Self.full), Self.greatestDivisor)
    }

    /// The size of a memtable. A write-ahead log takes up a little more than the greatest of them on the disk from the start.
    func memtableSize(_ family: ColumnFamily) -> Int { max(family.memtableSize / divisor, 64 << 10) }

    /// The number of lists in a hash memtable.
    var memtableLists: Int { (1 << 16) / divisor }

    /// The size of the cache of blocks of what is read in order.
    var cacheSize: Int { (8 << 20) / divisor }

    /// The size of the write-ahead log, all column families together, from which on they become files.
    var logSize: UInt64 { UInt64(256 << 20) / UInt64(divisor) }

    /// The greatest number of tables that are open. Files of 64 MiB: 16 GiB stay open, and half of the usual limit of 1,024 is left
    /// for clients.
    var openTables: Int { max(256 / divisor, 32) }

    /// The greatest number of files that are open.
    var openFiles: Int { openTables + Self.otherFiles }
}

extension RocksDBStore {
    /// How many files so many stores have open, at most.
    public static func descriptors(stores: Int) -> Int { stores * StoreShare(stores: stores).openFiles }
}
