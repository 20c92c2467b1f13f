// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension HostFindingCase {
    private static let state = "/var/lib/cloakroom"

    static let store: [HostFindingCase] = [
        HostFindingCase(
            "state-readable",
            .medium,
            shows: { try $0.own(state, 0o750, CloakroomTree.daemon, CloakroomTree.daemon) },
            lacks: { try $0.file(state + "/CURRENT", "", owner: CloakroomTree.daemon) }
        ),
        HostFindingCase(
            "state-owner",
            .medium,
            shows: { try $0.own(state, 0o700, CloakroomTree.webServer) },
            lacks: { tree in
                try tree.own(state, 0o700, CloakroomTree.webServer)
                try tree.dropIn("User=www-data")
            }
        ),
        HostFindingCase(
            "state-replaceable",
            .medium,
            shows: { try $0.own("/var/lib", 0o775, 0, CloakroomTree.webServer) },
            lacks: { try $0.own("/var/lib", 0o775) }
        ),
        HostFindingCase(
            "state-in-web-root",
            .high,
            shows: { tree in
                try tree.directory("/var/www/html/store", mode: 0o700, owner: CloakroomTree.daemon)
                try tree.configure("[store]\ndirectory = \"/var/www/html/store\"\n")
            },
            lacks: { tree in
                try tree.directory("/var/www/store", mode: 0o700, owner: CloakroomTree.daemon)
                try tree.configure("[store]\ndirectory = \"/var/www/store\"\n")
            }
        ),
        HostFindingCase(
            "state-on-shared-storage",
            .medium,
            shows: { try $0.mounts("30 26 0:40 / /var/lib rw - fuse.glusterfs files:/data rw") },
            lacks: { try $0.mounts("30 26 0:40 / /var/lib rw - btrfs /dev/sdb rw") }
        ),
        HostFindingCase(
            "state-without-permissions",
            .medium,
            shows: { try $0.mounts("30 26 8:17 / /var/lib/cloakroom rw - vfat /dev/sdb1 rw") },
            // Something else is mounted over it.
            lacks: { tree in
                try tree.mounts(
                    "30 26 8:17 / /var/lib/cloakroom rw - vfat /dev/sdb1 rw",
                    "31 30 8:18 / /var/lib/cloakroom rw - ext4 /dev/sdb2 rw"
                )
            }
        ),
        HostFindingCase(
            "backup-readable",
            .medium,
            shows: { try $0.directory("/var/backups/cloakroom", mode: 0o755) },
            lacks: { try $0.directory("/var/backups/cloakroom", mode: 0o700) }
        ),
        HostFindingCase(
            "backup-in-web-root",
            .high,
            shows: { tree in
                try tree.directory("/var/www/html/backup", mode: 0o700)
                try tree.directory("/var/backups")
                try tree.link("/var/backups/cloakroom", to: "/var/www/html/backup")
            },
            lacks: { tree in
                try tree.directory("/srv/backup", mode: 0o700)
                try tree.directory("/var/backups")
                try tree.link("/var/backups/cloakroom", to: "/srv/backup")
            }
        ),
    ]
}
