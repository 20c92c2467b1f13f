// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// What is known of the pools, but for their stores.
struct PoolMetrics {
    let pools: [PoolStatus]

    init(_ pools: [PoolStatus]) { self.pools = pools }

    var families: [Metric] { sessions + counts + locks + keys + latencies }

    private var sessions: [Metric] {
        var number = Metric("cloakroom_sessions", .gauge, "Sessions that there are; none while they are counted.")
        var bytes = Metric("cloakroom_sessions_size", .gauge, unit: .bytes, "Their size, each counted in whole KiB.")
        var limit = Metric("cloakroom_session_limit", .gauge, "limits.sessions, if there is a limit.")
        var byteLimit = Metric(
            "cloakroom_sessions_size_limit",
            .gauge,
            unit: .bytes,
            "limits.total_size, if there is a limit."
        )
        var connections = Metric("cloakroom_pool_connections", .gauge, "Connections of PHP that are in the pool.")
        for pool in pools {
            number.add(pool.label, pool.sessions)
            bytes.add(pool.label, pool.bytes)
            limit.add(pool.label, pool.sessionLimit)
            byteLimit.add(pool.label, pool.byteLimit)
            connections.add(pool.label, pool.connections)
        }
        return [number, bytes, limit, byteLimit, connections]
    }

    private var counts: [Metric] {
        var reads = Metric("cloakroom_reads", .counter, "Reads, by whether they found a session.")
        var checks = Metric("cloakroom_checks", .counter, "Checks of the gate, by whether the session was alive.")
        var changes = Metric("cloakroom_session_changes", .counter, "What became of sessions.")
        var refusals = Metric("cloakroom_refusals", .counter, "Requests that were refused, by reason.")
        var deferred = Metric("cloakroom_deferred_writes", .counter, "Writes that PHP did not wait for.")
        var tokens = Metric("cloakroom_token_changes", .counter, "Changes of the tokens of remembered users.")
        var lookups = Metric(
            "cloakroom_metadata_lookups",
            .counter,
            "Uses of metadata, by whether they were in memory."
        )
        for pool in pools {
            for name in PoolCounts.reads { reads.add(pool.label("result", name), pool.count(name)) }
            for name in PoolCounts.checks { checks.add(pool.label("result", name), pool.count(name)) }
            for name in PoolCounts.changes { changes.add(pool.label("change", name), pool.count(name)) }
            for name in PoolCounts.refusals { refusals.add(pool.label("reason", name), pool.count(name)) }
            deferred.add(pool.label, pool.count("deferred"))
            tokens.add(pool.label, pool.count("remembered"))
            lookups.add(pool.label("result", "hit"), pool.metadataHits)
            lookups.add(pool.label("result", "miss"), pool.metadataMisses)
        }
        return [reads, checks, changes, refusals, deferred, tokens, lookups]
    }

    private var locks: [Metric] {
        var held = Metric("cloakroom_locks_held", .gauge, "Locks that are held.")
        var waiting = Metric("cloakroom_lock_waiters", .gauge, "Requests that wait for a lock.")
        var oldest = Metric(
            "cloakroom_lock_oldest_held",
            .gauge,
            unit: .seconds,
            "For how long the oldest lock has been held; 0 without one."
        )
        var contended = Metric(
            "cloakroom_lock_oldest_contended",
            .gauge,
            unit: .seconds,
            "For how long the oldest of the locks that somebody waits for has been held; 0 without one."
        )
        for pool in pools {
            held.add(pool.label, pool.locks.held)
            waiting.add(pool.label, pool.locks.waiting)
            oldest.add(pool.label, milliseconds: pool.locks.oldest?.held ?? 0)
            contended.add(pool.label, milliseconds: pool.locks.oldestContended?.held ?? 0)
        }
        return [held, waiting, oldest, contended]
    }

    private var keys: [Metric] {
        var missing = Metric(
            "cloakroom_missing_keys",
            .gauge,
            "Keys that records of the last hour need and that are not there."
        )
        var rotating = Metric(
            "cloakroom_key_rotation_running",
            .gauge,
            "Whether everything is being sealed by the first key."
        )
        var obstacles = Metric("cloakroom_deferral_obstacle", .gauge, "Whether this makes PHP wait for its writes.")
        for pool in pools {
            missing.add(pool.label, pool.missingKeys.count)
            rotating.add(pool.label, whether: pool.rotating)
            for obstacle in DeferralObstacle.allCases {
                obstacles.add(
                    pool.label("obstacle", obstacle.rawValue),
                    whether: pool.deferralObstacles.contains(obstacle)
                )
            }
        }
        return [missing, rotating, obstacles]
    }

    private var latencies: [Metric] {
        var requests = Metric(
            "cloakroom_request_duration",
            .histogram,
            unit: .seconds,
            "How long requests took in the daemon, but for waits for locks, by kind."
        )
        var waits = Metric(
            "cloakroom_lock_wait_duration",
            .histogram,
            unit: .seconds,
            "How long requests waited for a lock that they did not get at once."
        )
        for pool in pools {
            for latency in pool.latencies {
                if latency.kind == .lockWait {
                    waits.add(pool.label, latency)
                } else {
                    requests.add(pool.label("kind", latency.kind.rawValue), latency)
                }
            }
        }
        return [requests, waits]
    }
}

extension PoolStatus {
    /// The label that tells pools apart.
    var label: [Metric.Label] { [("pool", pool)] }

    /// That label, and another one.
    func label(_ name: String, _ value: String) -> [Metric.Label] { label + [(name, Words.snakeCase(value))] }
}
