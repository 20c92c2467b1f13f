// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension HostFindingCase {
    private static let socket = "/run/cloakroom/fcgi.sock"
    private static let tcp = "cloakroom-fcgi-tcp.socket"
    private static let service = "cloakroom-fcgi.service"

    static let gate: [HostFindingCase] = [
        HostFindingCase(
            "gate-socket-open",
            .medium,
            shows: { try $0.own("/run/cloakroom/gate.sock", 0o666) },
            lacks: { try $0.own("/run/cloakroom/gate.sock", 0o660, CloakroomTree.daemon) }
        ),
        HostFindingCase(
            "gate-open",
            .medium,
            shows: { try $0.own(socket, 0o662) },
            // Mode and group of a web server that runs as somebody else.
            lacks: { try $0.own(socket, 0o664, 0, 1000) }
        ),
        HostFindingCase(
            "gate-listens-on-network",
            .high,
            shows: { tree in
                try tree.enable(tcp, for: "sockets.target")
                try tree.dropIn("ListenStream=", "ListenStream=9402", section: "Socket", unit: tcp)
            },
            // It is not switched on.
            lacks: { try $0.dropIn("ListenStream=", "ListenStream=0.0.0.0:9402", section: "Socket", unit: tcp) }
        ),
        HostFindingCase(
            "gate-listens-on-port",
            .info,
            shows: { tree in
                try tree.enable(tcp, for: "sockets.target")
                try tree.dropIn("ListenStream=[::1]:9402", section: "Socket", unit: tcp)
            },
            lacks: { try $0.file("/etc/systemd/system/other.socket", "[Socket]\nListenStream=127.0.0.1:9402\n") }
        ),
        HostFindingCase(
            "gate-user",
            .high,
            shows: { try $0.dropIn("User=cloakroom", unit: service) },
            lacks: { try $0.dropIn("User=shop", unit: service) }
        ),
        HostFindingCase(
            "gate-user-admitted",
            .medium,
            shows: { tree in
                try tree.append("/etc/group", "operators:x:1002:cloakroom-gate\n")
                try tree.configure("[pools.site]\nunix_groups = [\"operators\"]\n")
            },
            lacks: { tree in
                try tree.append("/etc/group", "operators:x:1002:cloakroom-gate\n")
                try tree.configure("[pools.site]\nunix_groups = [\"shop\"]\n")
            }
        ),
        HostFindingCase(
            "gate-group-php",
            .low,
            shows: { try $0.configure("[server]\ngate_group = \"www-data\"\n") },
            lacks: { try $0.configure("[server]\ngate_group = \"shop\"\n") }
        ),
    ]
}
