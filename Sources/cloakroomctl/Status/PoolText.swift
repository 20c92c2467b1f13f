// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomStatus

/// What is known of a pool, for people.
struct PoolText {
    private let pool: PoolStatus

    init(_ pool: PoolStatus) { self.pool = pool }

    var fields: [(name: String, value: String)] {
        [
            ("sessions", sessions), ("connections", HumanText.number(pool.connections)), ("locks", locks),
            ("keys", keys),
            ("reads", reads), ("counts", counts(Self.work)), ("refused", counts(Self.refusals)), ("writes", writes),
            ("store", store), ("disk", disk),
        ]
    }

    private static let work = [
        "created", "updated", "touched", "destroyed", "expired", "deferred", "remembered", "admitted",
    ]
    private static let refusals = PoolStatus.refusals + ["turnedAway"]

    private var sessions: String {
        guard let sessions = pool.sessions, let bytes = pool.bytes else { return "being counted" }
        let limits = [
            pool.sessionLimit.map { HumanText.number($0) }, pool.byteLimit.map { ByteText.text(UInt64($0)) },
        ].compactMap(\.self)
        return "\(HumanText.number(Int(clamping: sessions))), \(ByteText.text(bytes))"
            + (limits.isEmpty ? "" : "; at most \(limits.joined(separator: " and "))")
    }

    private var locks: String {
        let locks = pool.locks
        let counts = "\(HumanText.number(locks.held)) held, \(HumanText.number(locks.waiting)) waited for"
        guard let lock = locks.oldestContended ?? locks.oldest else { return counts }
        return counts + "; " + Self.text(lock)
    }

    /// Who holds a lock.
    static func text(_ lock: LockStatus.Held) -> String {
        let request = lock.request.isEmpty ? "" : " (\(lock.request))"
        return
            "session \(lock.session) for \(HumanText.duration(milliseconds: lock.held)) by process \(lock.pid)\(request)"
            + (lock.waiting > 0 ? ", \(lock.waiting) waiting" : "")
    }

    private var keys: String {
        let keys = pool.keys.enumerated().map { $0.offset == 0 ? "\($0.element) seals" : $0.element }
        let missing = pool.missingKeys.map { "\($0) MISSING" }
        return (keys + missing).joined(separator: ", ") + (pool.rotating ? "; rotation under way" : "")
    }

    private var reads: String {
        let reads = pool.count("found") + pool.count("absent")
        guard let found = pool.foundShare, let hits = pool.metadataHitShare else { return HumanText.number(reads) }
        return "\(HumanText.number(reads)), of which \(HumanText.share(found)) found a session; metadata from memory "
            + HumanText.share(hits)
    }

    private func counts(_ names: [String]) -> String {
        let counts = names.filter { pool.count($0) > 0 }.map { "\(HumanText.number(pool.count($0))) \($0)" }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }

    private var writes: String {
        let taken =
            switch pool.store.writes {
            case .taken: "taken"
            case .slowed: "held back, as the disk does not keep up"
            case .stopped: "waiting for the disk"
            case .refused: "REFUSED"
            }
        let survives = pool.store.durability == .power ? "a power failure" : "a crash of the daemon"
        let obstacles = pool.deferralObstacles.filter { $0 != .configuration }.map(\.rawValue)
        let waiting =
            pool.deferralObstacles.contains(.configuration)
            ? "PHP waits for each, as configured"
            : obstacles.isEmpty
                ? "PHP does not wait for them" : "PHP waits for each: \(obstacles.joined(separator: ", "))"
        let sync = pool.store.sinceSync.map { "\(HumanText.duration(milliseconds: $0)) ago" } ?? "not yet"
        return "\(taken); survive \(survives); last sync \(sync); \(waiting)"
    }

    private var store: String {
        let store = pool.store
        guard store.readable else { return "cannot be read" }
        let compaction =
            store.compactions > 0 ? HumanText.count(Int(clamping: store.compactions), "compaction") : "no compaction"
        return
            "\(ByteText.text(store.fileBytes)) in files, about \(HumanText.number(Int(clamping: store.records))) records; "
            + "\(compaction), \(ByteText.text(store.pendingCompactionBytes)) pending; "
            + "\(store.backgroundErrors) background errors"
    }

    private var disk: String {
        guard let free = pool.store.diskFree, let size = pool.store.diskSize, size > 0 else { return "unknown" }
        return
            "\(ByteText.text(free)) free of \(ByteText.text(size)) (\(HumanText.share(Double(free) / Double(size))))"
    }
}
