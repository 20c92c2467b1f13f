// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// A pool: how full it is, how long requests took, what was done and what was refused.
struct PoolSection {
    private let pool: PoolStatus

    init(_ pool: PoolStatus) { self.pool = pool }

    var markup: Markup {
        """
        <section class="card">
        <h2>Pool <bdi>\(pool.pool)</bdi></h2>
        <div class="columns">
        <div><h3>Room</h3>\(Bar.list(room))</div>
        <div><h3>Since the start</h3>\(Fields.markup(counts(PoolCounts.reads + PoolCounts.checks + PoolCounts.changes)))</div>
        <div><h3>Refused since the start</h3>\(refusals)</div>
        <div><h3>Store</h3>\(Fields.markup(store))</div>
        </div>
        <h3>Latencies of the last minute</h3>
        \(LatencyTable(pool).markup)
        </section>

        """
    }

    private var room: [Bar] {
        guard let sessions = pool.sessions, let bytes = pool.bytes else {
            return [Bar("Sessions", "being counted")] + disk
        }
        return [
            Bar(
                "Sessions",
                HumanText.number(Int(clamping: sessions)),
                of: pool.sessionLimit.map { (HumanText.number($0), Double(sessions) / Double($0)) }
            ),
            Bar(
                "Size",
                ByteText.text(bytes),
                of: pool.byteLimit.map { (ByteText.text($0), Double(bytes) / Double($0)) }
            ),
        ] + disk
    }

    private var disk: [Bar] {
        guard let free = pool.store.diskFree, let size = pool.store.diskSize, size > 0 else { return [] }
        let used = Double(size - min(free, size)) / Double(size)
        return [Bar("Disk", "\(ByteText.text(free)) free", of: (ByteText.text(size), used))]
    }

    private func counts(_ names: [String]) -> [(name: String, value: String)] {
        names.map { (Words.make($0), HumanText.number(pool.count($0))) }
    }

    private var refusals: Markup {
        let names = PoolCounts.refusals.filter { pool.count($0) > 0 }
        return names.isEmpty ? "<p class=\"note\">Nothing was refused.</p>" : Fields.markup(counts(names))
    }

    private var store: [(name: String, value: String)] {
        let store = pool.store
        let sync: [(name: String, value: String)] =
            store.sinceSync.map { [("last sync", "\(HumanText.duration(milliseconds: $0)) ago")] } ?? []
        return [
            ("writes", store.writes.rawValue), ("readable", store.readable ? "yes" : "no"),
            ("survives", store.durability == .power ? "a power failure" : "a crash of the daemon"),
        ] + sync + [
            ("files", ByteText.text(store.fileBytes)), ("records", HumanText.number(Int(clamping: store.records))),
            ("to be rewritten", ByteText.text(store.pendingCompactionBytes)),
            ("background errors", HumanText.number(Int(clamping: store.backgroundErrors))),
            ("found in memory", pool.metadataHitShare.map { HumanText.share($0) } ?? "–"),
        ]
    }
}
