// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomCore

extension HostFindingCase {
    private static let net = "/proc/net/unix"

    static let fpm: [HostFindingCase] = [
        HostFindingCase(
            "pool-socket-open",
            .high,
            shows: { try $0.pool("listen.mode = 0666") },
            lacks: { tree in
                // The access control list is what holds.
                try tree.pool("listen.mode = 0666", "listen.acl_users = www-data")
            }
        ),
        HostFindingCase(
            "pool-listens-on-network",
            .high,
            shows: { try $0.pool("listen = 9000") },
            lacks: { try $0.pool("listen = 192.0.2.1:9000", "listen.allowed_clients = 192.0.2.7") }
        ),
        HostFindingCase(
            "pool-listens-on-port",
            .low,
            shows: { try $0.pool("listen = 127.0.0.1:9000") },
            lacks: { try $0.pool("listen = /run/php/9000") }
        ),
        HostFindingCase(
            "pool-dumpable",
            .medium,
            shows: { try $0.pool("process.dumpable = yes") },
            lacks: { try $0.pool("process.dumpable = no") }
        ),
        HostFindingCase(
            "pool-core-limit",
            .low,
            shows: { try $0.pool("rlimit_core = unlimited") },
            lacks: { try $0.pool("rlimit_core = 0") }
        ),
    ]

    private static func pool(_ tree: CloakroomTree, _ outcome: ProbeOutcome) {
        tree.observed.pools = tree.host.runtimes.filter { $0.pool != nil }.map { .init(runtime: $0, outcome: outcome) }
    }

    /// What a pool answers that does as the shipped files say.
    private static func answer(
        _ settings: [String: String] = [:],
        savePath: Bool = true,
        prepended: Bool = true,
        handler: Bool = true,
        daemon: String? = ""
    ) -> ProbeOutcome {
        let shipped = [
            "auto_prepend_file": "/usr/share/php/Cloakroom/prepend.php", "session.cookie_samesite": "Lax",
            "session.use_strict_mode": "1", "session.lazy_write": "0", "session.cookie_httponly": "1",
            "session.upload_progress.enabled": "0", "session.auto_start": "0", "session.gc_maxlifetime": "1440",
        ]
        return .answered(
            ProbeAnswer(
                nonce: "",
                php: "8.2.1",
                settings: shipped.merging(settings) { $1 },
                savePathMatches: savePath,
                prepended: prepended,
                handler: handler,
                daemon: daemon
            )
        )
    }

    static let observed: [HostFindingCase] = [
        HostFindingCase(
            "daemon-not-running",
            .medium,
            shows: {
                try $0.file(net, "Num RefCount\n0: 00000003 00000000 00000000 0001 03 9 /run/cloakroom/php.sock\n")
            },
            // Installed, and nothing more: it need not run.
            lacks: { tree in
                try tree.file(net, "Num\n")
                try tree.remove("/etc/systemd/system/multi-user.target.wants")
                try tree.remove("/etc/cloakroom/key")
                try tree.remove("/var/lib/cloakroom")
                try tree.file(
                    "/etc/php/8.2/fpm/pool.d/www.conf",
                    "[www]\nuser = www-data\nlisten = /run/php/www.sock\npm = static\n"
                )
            }
        ),
        HostFindingCase(
            "daemon-silent",
            .medium,
            shows: { $0.observed.daemon = .silent(reason: "it does not answer") },
            lacks: { $0.observed.daemon = .notAsked }
        ),
        HostFindingCase(
            "daemon-version",
            .low,
            shows: { $0.observed.daemon = .running(version: "0.0.9") },
            lacks: { $0.observed.daemon = .running(version: ProductVersion.current) }
        ),
        HostFindingCase(
            "pool-settings-differ",
            .medium,
            shows: { pool($0, answer(["session.cookie_httponly": "0"])) },
            // Other words for the same.
            lacks: {
                pool($0, answer(["session.auto_start": "", "session.cookie_httponly": "On", "session.other": "1"]))
            }
        ),
        HostFindingCase(
            "prepend-not-in-effect",
            .high,
            shows: { pool($0, answer(prepended: false, handler: false, daemon: nil)) },
            // Nobody has said that it should be.
            lacks: { tree in
                let file = "/etc/php/8.2/fpm/pool.d/www.conf"
                try tree.file(file, "[www]\nuser = www-data\nlisten = /run/php/www.sock\npm = static\n")
                let plain = [
                    "session.upload_progress.enabled": "1", "session.lazy_write": "1", "session.use_strict_mode": "0",
                ]
                let cookies = ["session.cookie_samesite": "", "session.cookie_httponly": "0", "auto_prepend_file": ""]
                pool(tree, answer(plain.merging(cookies) { $1 }, prepended: false, handler: false, daemon: nil))
            }
        ),
        HostFindingCase(
            "handler-not-in-effect",
            .high,
            shows: { pool($0, answer(handler: false, daemon: nil)) },
            lacks: { pool($0, answer()) }
        ),
        HostFindingCase(
            "daemon-not-reached",
            .medium,
            shows: { pool($0, answer(daemon: "refused")) },
            lacks: { pool($0, answer(daemon: "")) }
        ),
        HostFindingCase("pool-late", .low, shows: { pool($0, .late) }, lacks: { pool($0, answer()) }),
        HostFindingCase(
            "pool-failed",
            .medium,
            shows: { pool($0, .failed(reason: "status 500")) },
            lacks: { pool($0, answer()) }
        ),
        HostFindingCase("pool-not-running", .info, shows: { pool($0, .notRunning) }, lacks: { pool($0, answer()) }),
        HostFindingCase(
            "pool-not-asked",
            .info,
            shows: { pool($0, .notAsked(reason: "it has changed its root")) },
            lacks: { pool($0, answer()) }
        ),
    ]
}
