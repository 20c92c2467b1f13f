// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension HostFindingCase {
    private static let php = "/run/cloakroom/php.sock"
    private static let admin = "/run/cloakroom/admin.sock"
    private static let file = "/etc/cloakroom/cloakroom.toml"

    static let sockets: [HostFindingCase] = [
        HostFindingCase(
            "socket-open",
            .info,
            shows: { try $0.own(php, 0o666) },
            lacks: { try $0.own(php, 0o664) }
        ),
        HostFindingCase(
            "socket-owner",
            .high,
            shows: { try $0.own(php, 0o660, CloakroomTree.webServer) },
            lacks: { try $0.own(php, 0o660, CloakroomTree.daemon) }
        ),
        HostFindingCase(
            "socket-replaceable",
            .high,
            shows: { try $0.own("/run/cloakroom", 0o775, 0, CloakroomTree.webServer) },
            lacks: { try $0.own("/run/cloakroom", 0o755, CloakroomTree.daemon, CloakroomTree.webServer) }
        ),
        HostFindingCase(
            "admin-socket-open",
            .medium,
            shows: { try $0.own(admin, 0o666) },
            lacks: { try $0.own(admin, 0o660, CloakroomTree.daemon) }
        ),
        HostFindingCase(
            "admin-group-php",
            .low,
            shows: {
                try $0.append("/etc/group", "operators:x:1002:alice,www-data\n");
                try $0.configure("[server]\nadmin_group = \"operators\"\n")
            },
            lacks: { try $0.append("/etc/group", "operators:x:1002:alice,www-data\n") }
        ),
        HostFindingCase(
            "admitted-person",
            .medium,
            shows: { try $0.configure("[server]\nusers = [\"www-data\", \"alice\"]\n") },
            // Somebody whose site is a pool.
            lacks: { tree in
                try tree.configure("[server]\nusers = [\"www-data\", \"shop\"]\n")
                try tree.file(
                    "/etc/php/8.2/fpm/pool.d/shop.conf",
                    "[shop]\nuser = shop\nlisten = /run/php/shop.sock\nlisten.mode = 0660\npm = static\npm.max_children = 1\n"
                )
            }
        ),
        HostFindingCase(
            "admitted-root",
            .low,
            shows: { try $0.configure("[server]\nusers = [\"www-data\", \"root\"]\n") },
            lacks: { try $0.configure("[server]\nusers = [\"www-data\", \"cloakroom\"]\n") }
        ),
        HostFindingCase(
            "pool-user-refused",
            .medium,
            shows: { try $0.configure("[server]\nusers = [\"cloakroom\"]\n") },
            lacks: {
                try $0.configure("[server]\nusers = [\"cloakroom\"]\n\n[pools.site]\nunix_groups = [\"www-data\"]\n")
            }
        ),
    ]

    static let configuration: [HostFindingCase] = [
        HostFindingCase(
            "configuration-invalid",
            .medium,
            shows: { try $0.configure("[log]\nlevel = \"loud\"\n") },
            lacks: { try $0.configure("[log]\nlevel = \"debug\"\n") }
        ),
        HostFindingCase(
            "configuration-writable",
            .high,
            shows: { try $0.own(file, 0o644, CloakroomTree.daemon) },
            lacks: { try $0.own(file, 0o640, 0, CloakroomTree.daemon) }
        ),
    ]

    static let unit: [HostFindingCase] = [
        HostFindingCase(
            "unit-user-root",
            .high,
            shows: { tree in
                try tree.dropIn("User=root")
                try tree.own("/var/lib/cloakroom", 0o700)
            },
            lacks: { tree in
                try tree.dropIn("User=shop")
                try tree.own("/var/lib/cloakroom", 0o700, 1001)
            }
        ),
        HostFindingCase(
            "unit-weakened",
            .low,
            shows: { try $0.dropIn("ProtectClock=no", "RestrictAddressFamilies=AF_INET", "IPAddressDeny=") },
            // What docs/operations.md says for a key command, and the same in other words.
            lacks: {
                try $0.dropIn(
                    "ExecPaths=/usr/bin/age",
                    "ProtectClock=on",
                    "LimitNOFILE=65536",
                    "RestrictAddressFamilies=AF_UNIX"
                )
            }
        ),
        HostFindingCase(
            "unit-exposure",
            .low,
            shows: { $0.observed.exposure = 2.1 },
            lacks: { $0.observed.exposure = 1.9 }
        ),
    ]
}
