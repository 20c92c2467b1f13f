// SPDX-License-Identifier: Apache-2.0

/// The gate itself.
struct GateMetrics {
    let gate: GateStatus.Gate

    init(_ gate: GateStatus.Gate) { self.gate = gate }

    var families: [Metric] { process + work }

    private var process: [Metric] {
        var info = Metric("cloakroom_gate", .info, "The version of cloakroom-fcgi.")
        info.add([("version", gate.version)], 1)
        var uptime = Metric("cloakroom_gate_uptime", .gauge, unit: .seconds, "For how long cloakroom-fcgi has run.")
        uptime.add(milliseconds: gate.uptime)
        var memory = Metric(
            "cloakroom_gate_resident_memory",
            .gauge,
            unit: .bytes,
            "Resident memory of cloakroom-fcgi."
        )
        memory.add(gate.memory)
        return [info, uptime, memory]
    }

    private var work: [Metric] {
        var active = Metric(
            "cloakroom_gate_active_requests",
            .gauge,
            "Requests that the gate works at, that of this page included."
        )
        active.add(gate.active)
        var threads = Metric("cloakroom_gate_threads", .gauge, "Threads of the gate.")
        threads.add(gate.threads)
        var connections = Metric("cloakroom_gate_connections", .gauge, "Open connections of the web server.")
        connections.add(gate.connections)
        var events = Metric(
            "cloakroom_gate_events",
            .counter,
            "What the gate has answered, and what went wrong, by name."
        )
        for (name, count) in gate.counts.sorted(by: { $0.key < $1.key }) {
            events.add([("event", Words.snakeCase(name))], count)
        }
        return [active, threads, connections, events]
    }
}
