// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension HostFindingCase {
    private static let key = "/etc/cloakroom/key"

    static let keys: [HostFindingCase] = [
        HostFindingCase(
            "key-readable",
            .high,
            shows: { try $0.own(key, 0o640, 0, CloakroomTree.webServer) },
            // The group of root, and a key that is encrypted.
            lacks: { tree in
                try tree.own(key, 0o640)
                try tree.file("/etc/cloakroom/key.cred", "ciphertext")
                try tree.dropIn("LoadCredentialEncrypted=other:/etc/cloakroom/key.cred")
            }
        ),
        HostFindingCase(
            "key-owner",
            .high,
            shows: { try $0.own(key, 0o600, CloakroomTree.webServer) },
            lacks: { try $0.own(key, 0o600, CloakroomTree.daemon) }
        ),
        HostFindingCase(
            "key-replaceable",
            .high,
            shows: { tree in
                try tree.directory("/srv/keys", mode: 0o777)
                try tree.file("/srv/keys/key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/srv/keys/key")
            },
            lacks: { tree in
                try tree.directory("/srv/keys", mode: 0o1777)
                try tree.file("/srv/keys/key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/srv/keys/key")
            }
        ),
        HostFindingCase(
            "key-link",
            .low,
            shows: { tree in
                try tree.file("/etc/cloakroom/2026", "key", mode: 0o600)
                try tree.link(key, to: "2026")
            },
            lacks: { tree in
                try tree.directory("/srv/cloakroom")
                try tree.file("/srv/cloakroom/key", "key", mode: 0o600)
                // Only on the way to it.
                try tree.link("/etc/keys", to: "/srv/cloakroom")
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/etc/keys/key")
            }
        ),
        HostFindingCase(
            "key-hard-link",
            .low,
            shows: { try $0.hardLink(key, "/etc/cloakroom/old") },
            lacks: { try $0.file("/etc/cloakroom/old", "key", mode: 0o600) }
        ),
        HostFindingCase(
            "key-missing",
            .medium,
            shows: { try $0.remove(key) },
            lacks: { tree in
                try tree.remove(key)
                try tree.file("/etc/cloakroom/key.cred", "ciphertext")
                try tree.dropIn("LoadCredential=", "LoadCredentialEncrypted=cloakroom.key:/etc/cloakroom/key.cred")
            }
        ),
        HostFindingCase(
            "key-in-web-root",
            .high,
            shows: { tree in
                try tree.file("/etc/nginx/sites-enabled/default", "server {\n  root /srv/site;\n}\n")
                try tree.file("/srv/site/key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/srv/site/key")
            },
            lacks: { tree in
                try tree.file("/etc/nginx/sites-enabled/default", "server {\n  root /srv/site;\n}\n")
                try tree.file("/srv/site-key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/srv/site-key")
            }
        ),
        HostFindingCase(
            "key-on-shared-storage",
            .medium,
            shows: { try $0.mounts("30 26 0:40 / /etc/cloakroom rw - nfs4 files:/keys rw") },
            lacks: {
                try $0.mounts(
                    "30 26 0:40 / /etc/cloak rw - nfs4 files:/keys rw",
                    "31 26 8:2 / /etc rw - xfs /dev/sda2 rw"
                )
            }
        ),
        HostFindingCase(
            "key-beside-sessions",
            .medium,
            shows: { tree in
                try tree.file("/var/lib/cloakroom/key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/var/lib/cloakroom/key")
            },
            lacks: { tree in
                try tree.file("/var/lib/cloakroom-key", "key", mode: 0o600)
                try tree.dropIn("LoadCredential=", "LoadCredential=cloakroom.key:/var/lib/cloakroom-key")
            }
        ),
        HostFindingCase(
            "key-not-credential",
            .low,
            shows: { try $0.configure("[key]\nfile = \"\(key)\"\n") },
            lacks: { try $0.configure("[key]\ncredential = \"cloakroom.key\"\n") }
        ),
        HostFindingCase(
            "key-in-unit",
            .high,
            shows: { tree in
                try tree.configure("[key]\nenvironment = \"CLOAKROOM_KEY\"\n")
                try tree.dropIn("Environment=A=b \"CLOAKROOM_KEY=00\"")
            },
            lacks: { tree in
                try tree.configure("[key]\nenvironment = \"CLOAKROOM_KEY\"\n")
                try tree.dropIn("Environment=OTHER=CLOAKROOM_KEY=00")
            }
        ),
        HostFindingCase(
            "key-old",
            .low,
            shows: {
                try $0.file(key, "# it seals\n# 0011, added \(CloakroomTree.date(daysAgo: 400))\nkey\n", mode: 0o600)
            },
            // The one that seals is new.
            lacks: { tree in
                let old = "# 0022, added \(CloakroomTree.date(daysAgo: 900))\nkey\n"
                try tree.file(key, "# 0011, added \(CloakroomTree.date(daysAgo: 300))\nkey\n\(old)", mode: 0o600)
                try tree.age(key, days: 800)
            }
        ),
    ]
}
