// SPDX-License-Identifier: Apache-2.0

import CRocksDB

/// How RocksDB treats a damaged write-ahead log (`rocksdb/options.h`, `WALRecoveryMode`).
enum LogRecovery {
    /// Any damage, a torn last record included, fails the open.
    case exact
    /// Replays up to the first damaged record, and drops it and what follows.
    case upToDamage

    /// The value RocksDB knows it by.
    fileprivate var mode: Int32 {
        switch self {
        case .exact: Int32(rocksdb_absolute_consistency_recovery)
        case .upToDamage: Int32(rocksdb_point_in_time_recovery)
        }
    }
}

/// The settings of a column family, and of the database where it stands first.
final class DatabaseOptions {
    /// `rocksdb_options_t`.
    let pointer: OpaquePointer
    // RocksDB keeps a plain pointer to the filter, so whoever keeps these options keeps the filter.
    private let filter: ExpiredRecordFilter?

    /// Settings for a column family.
    init(
        _ family: ColumnFamily,
        recovery: LogRecovery,
        compacts: Bool,
        clock: CompactionClock,
        share: StoreShare,
        cache: BlockCache
    ) {
        pointer = rocksdb_options_create()
        filter = family.holdsRecords ? ExpiredRecordFilter(clock) : nil
        setDatabase(recovery, share)
        setFamily(family, share)
        rocksdb_options_set_disable_auto_compactions(pointer, compacts ? 0 : 1)
        setTable(family, cache)
    }

    deinit { rocksdb_options_destroy(pointer) }

    private func setDatabase(_ recovery: LogRecovery, _ share: StoreShare) {
        rocksdb_options_set_create_if_missing(pointer, 1)
        rocksdb_options_set_create_missing_column_families(pointer, 1)
        rocksdb_options_set_paranoid_checks(pointer, 1)
        rocksdb_options_set_wal_recovery_mode(pointer, recovery.mode)
        // The log reaches the kernel with each write; a column family that is written rarely must not keep it growing.
        rocksdb_options_set_manual_wal_flush(pointer, 0)
        // All column families become files together. Else tables of one could be newer than a damaged log, of which another
        // still needs the start, and the store would not open.
        rocksdb_options_set_atomic_flush(pointer, 1)
        // The hash memtables of records take one writer at a time.
        rocksdb_options_set_allow_concurrent_memtable_write(pointer, 0)
        rocksdb_options_set_max_total_wal_size(pointer, share.logSize)
        rocksdb_options_set_max_open_files(pointer, Int32(share.openTables))
        // All stores of the process have these threads in common.
        rocksdb_options_set_max_background_jobs(pointer, 2)
        // An I/O error in a mapped page would end the process; in a read it is an error of that read.
        rocksdb_options_set_allow_mmap_reads(pointer, 0)
        // Beyond all levels: nothing but the settings at the start goes into RocksDB's own log. It is on the disk that it
        // would tell the faults of, and after a write to it that failed, the next one ends the process by an assertion (RocksDB
        // 7.8 as Debian builds it). What matters comes back from the calls as well.
        rocksdb_options_set_info_log_level(pointer, 6)
        rocksdb_options_set_keep_log_file_num(pointer, 1)
        rocksdb_options_set_stats_dump_period_sec(pointer, 0)
        rocksdb_options_set_stats_persist_period_sec(pointer, 0)
    }

    private func setFamily(_ family: ColumnFamily, _ share: StoreShare) {
        rocksdb_options_set_write_buffer_size(pointer, share.memtableSize(family))
        rocksdb_options_set_max_write_buffer_number(pointer, 3)
        // Ciphertext does not compress.
        rocksdb_options_set_compression(pointer, Int32(rocksdb_no_compression))
        if family.holdsRecords { setHashMemtable(share) }
        if let filter { rocksdb_options_set_compaction_filter(pointer, filter.pointer) }
        if family == .expiry || family == .index {
            // Entries live briefly: a file of which half is deletions is compacted soon, so that sweeps need not step over them.
            rocksdb_options_add_compact_on_deletion_collector_factory(pointer, 1024, 512)
        }
    }

    /// Records are only looked up by their whole address, so their memtables find it by hash, in a short list of its
    /// versions: a skip list over 64 MiB took twice the time, its nodes being all over memory (`docs/performance.md`).
    private func setHashMemtable(_ share: StoreShare) {
        // A prefix of a fixed length would make RocksDB abort at a shorter key, which a database of somebody else may have.
        rocksdb_options_set_prefix_extractor(pointer, rocksdb_slicetransform_create_noop())
        rocksdb_options_set_hash_link_list_rep(pointer, share.memtableLists)
    }

    private func setTable(_ family: ColumnFamily, _ cache: BlockCache) {
        let table = rocksdb_block_based_options_create()
        defer { rocksdb_block_based_options_destroy(table) }
        // The table options take the filter policy over.
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
        rocksdb_block_based_options_set_data_block_index_type(
            table,
            Int32(rocksdb_block_based_table_data_block_index_type_binary_search_and_hash)
        )
        rocksdb_block_based_options_set_data_block_hash_ratio(table, 0.75)
        rocksdb_block_based_options_set_format_version(table, 5)
        // A look-up checks the sum of its whole block, and Debian's RocksDB does that in software: 4 µs for the standard 4 KiB,
        // of which metadata need 224 bytes.
        if family == .metadata { rocksdb_block_based_options_set_block_size(table, 1024) }
        if family.holdsRecords {
            // Records are read from all over the tables: putting a block into a cache takes longer than reading it from the
            // kernel's (`docs/performance.md`). Indexes and filters stay in memory as long as their table is open.
            rocksdb_block_based_options_set_no_block_cache(table, 1)
        } else {
            rocksdb_block_based_options_set_block_cache(table, cache.pointer)
        }
        rocksdb_options_set_block_based_table_factory(pointer, table)
    }
}

/// The cache of blocks of what is read in order.
final class BlockCache {
    /// `rocksdb_cache_t`; options count their own reference to what is behind it.
    let pointer: OpaquePointer

    /// A cache of so many bytes.
    init(bytes: Int) { pointer = rocksdb_cache_create_lru(bytes) }

    deinit { rocksdb_cache_destroy(pointer) }
}
