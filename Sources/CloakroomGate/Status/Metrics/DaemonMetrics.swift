// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// The daemon beside its pools.
struct DaemonMetrics {
    let daemon: DaemonStatus

    init(_ daemon: DaemonStatus) { self.daemon = daemon }

    var families: [Metric] { process + connections + memory }

    private var process: [Metric] {
        var info = Metric("cloakroom_daemon", .info, "The version of cloakroomd.")
        info.add([("version", daemon.version)], 1)
        var uptime = Metric("cloakroom_daemon_uptime", .gauge, unit: .seconds, "For how long cloakroomd has run.")
        uptime.add(milliseconds: daemon.uptime)
        var lead = Metric(
            "cloakroom_daemon_clock_lead",
            .gauge,
            unit: .seconds,
            "How far the clock of the sessions is ahead of the system's; negative when it is behind."
        )
        lead.add(milliseconds: daemon.clockLead)
        return [info, uptime, lead]
    }

    private var connections: [Metric] {
        var open = Metric("cloakroom_daemon_connections", .gauge, "Connections of PHP.")
        open.add(daemon.connections)
        var limit = Metric("cloakroom_daemon_connection_limit", .gauge, "How many connections there may be.")
        limit.add(daemon.connectionLimit)
        var refused = Metric(
            "cloakroom_daemon_connections_refused",
            .counter,
            "Connections that were refused: one too many, or of a user who may not."
        )
        refused.add(daemon.connectionsRefused)
        return [open, limit, refused]
    }

    private var memory: [Metric] {
        var resident = Metric(
            "cloakroom_daemon_resident_memory",
            .gauge,
            unit: .bytes,
            "Resident memory of cloakroomd."
        )
        resident.add(daemon.memory)
        var keys = Metric("cloakroom_daemon_key_memory", .gauge, unit: .bytes, "Locked memory for keys that is in use.")
        keys.add(daemon.keyMemory)
        var size = Metric(
            "cloakroom_daemon_key_memory_size",
            .gauge,
            unit: .bytes,
            "Locked memory for keys that there is."
        )
        size.add(daemon.keyMemorySize)
        return [resident, keys, size]
    }
}
