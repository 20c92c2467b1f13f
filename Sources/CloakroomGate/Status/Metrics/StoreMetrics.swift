// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// What is known of the stores of the pools.
struct StoreMetrics {
    let pools: [PoolStatus]

    init(_ pools: [PoolStatus]) { self.pools = pools }

    var families: [Metric] { health + size + compaction + disk }

    private var health: [Metric] {
        var writes = Metric(
            "cloakroom_store_writes",
            .gauge,
            "Whether changes are taken, slowed, stopped or refused; one is 1."
        )
        var readable = Metric("cloakroom_store_readable", .gauge, "Whether the store can be read.")
        var sync = Metric(
            "cloakroom_store_last_sync_age",
            .gauge,
            unit: .seconds,
            "How long ago everything acknowledged was brought to disk."
        )
        var errors = Metric(
            "cloakroom_store_background_errors",
            .counter,
            "Failures of work in the background since the store was opened."
        )
        for pool in pools {
            for state in [StoreStatus.Writes.taken, .slowed, .stopped, .refused] {
                writes.add(pool.label("state", state.rawValue), whether: pool.store.writes == state)
            }
            readable.add(pool.label, whether: pool.store.readable)
            sync.add(pool.label, milliseconds: pool.store.sinceSync)
            errors.add(pool.label, pool.store.backgroundErrors)
        }
        return [writes, readable, sync, errors]
    }

    private var size: [Metric] {
        var files = Metric("cloakroom_store_files_size", .gauge, unit: .bytes, "Size of the store's files.")
        var records = Metric(
            "cloakroom_store_records",
            .gauge,
            "About how many records there are, lately expired ones included."
        )
        for pool in pools {
            files.add(pool.label, pool.store.fileBytes)
            records.add(pool.label, pool.store.records)
        }
        return [files, records]
    }

    private var compaction: [Metric] {
        var pending = Metric(
            "cloakroom_store_pending_compaction",
            .gauge,
            unit: .bytes,
            "About how much is to be rewritten until the files are in order."
        )
        var running = Metric("cloakroom_store_compactions_running", .gauge, "How many files are being rewritten.")
        for pool in pools {
            pending.add(pool.label, pool.store.pendingCompactionBytes)
            running.add(pool.label, pool.store.compactions)
        }
        return [pending, running]
    }

    private var disk: [Metric] {
        var free = Metric(
            "cloakroom_store_disk_free",
            .gauge,
            unit: .bytes,
            "What the daemon may still write to the file system."
        )
        var size = Metric("cloakroom_store_disk_size", .gauge, unit: .bytes, "Size of the file system.")
        for pool in pools {
            free.add(pool.label, pool.store.diskFree)
            size.add(pool.label, pool.store.diskSize)
        }
        return [free, size]
    }
}
