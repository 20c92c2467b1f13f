// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// The two programs: versions, memory, connections.
struct ProcessSection {
    private typealias Field = (name: String, value: String)

    private let status: GateStatus

    init(_ status: GateStatus) { self.status = status }

    var markup: Markup {
        let daemon: Markup? = status.snapshot.map { snapshot in
            "<div><h3>Daemon</h3>\(Fields.markup(Self.fields(of: snapshot.report.daemon)))</div>"
        }
        return """
            <section id="processes" class="card" aria-labelledby="processes-title">
            <h2 id="processes-title">Processes</h2>
            <div class="columns">\(daemon)
            <div><h3>Gate</h3>\(Fields.markup(Self.fields(of: status.gate)))</div>
            <div><h3>Answers of the gate</h3>\(Fields.markup(counts))</div></div>
            </section>
            """
    }

    private static func fields(of daemon: DaemonStatus) -> [Field] {
        let memory: [Field] = daemon.memory.map { [("memory", ByteText.text($0))] } ?? []
        return [
            ("version", daemon.version), ("process", "\(daemon.pid)"),
            ("up", HumanText.duration(milliseconds: daemon.uptime)),
            (
                "connections",
                "\(HumanText.number(daemon.connections)) of \(HumanText.number(daemon.connectionLimit))"
            ), ("refused", HumanText.number(daemon.connectionsRefused)),
        ] + memory + [
            ("memory for keys", "\(ByteText.text(daemon.keyMemory)) of \(ByteText.text(daemon.keyMemorySize))")
        ]
    }

    private static func fields(of gate: GateStatus.Gate) -> [Field] {
        [
            ("version", gate.version), ("process", "\(gate.pid)"),
            ("up", HumanText.duration(milliseconds: gate.uptime)),
            ("requests", HumanText.number(gate.active)), ("threads", HumanText.number(gate.threads)),
            ("connections", HumanText.number(gate.connections)),
        ] + (gate.memory.map { [("memory", ByteText.text($0))] } ?? [])
    }

    private var counts: [Field] {
        status.gate.counts.sorted { $0.key < $1.key }.map { (Words.make($0.key), HumanText.number($0.value)) }
    }
}
