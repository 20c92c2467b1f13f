// SPDX-License-Identifier: Apache-2.0

/// Whether crashed processes leave their memory on the disk.
struct CoreDumpCheck: AuditCheck {
    static let codes = ["core-dumps-of-all", "core-dumps-kept"]

    func findings(on host: AuditedHost) -> [Finding] {
        let file = "/proc/sys/fs/suid_dumpable"
        guard !Container.isOne(host.tree), let text = host.tree.text(of: file) else { return [] }
        let pattern = (host.tree.text(of: "/proc/sys/kernel/core_pattern") ?? "").split(separator: "\n").first ?? ""
        switch text.split(separator: "\n").first {
        case "1":
            return [
                host.finding(
                    "core-dumps-of-all",
                    .medium,
                    "kernel, core dumps",
                    FileLocation(file),
                    "processes that have changed their user leave core dumps that this user can read, and can be read while they run: "
                        + "workers of PHP-FPM, with sessions (proc(5), \"debug\")",
                    "fs.suid_dumpable = 0 in a file of /etc/sysctl.d, then: sysctl --system"
                )
            ]
        case "2" where pattern.hasPrefix("|") || pattern.hasPrefix("/"):
            return [
                host.finding(
                    "core-dumps-kept",
                    .info,
                    "kernel, core dumps",
                    FileLocation("/proc/sys/kernel/core_pattern"),
                    "crashed workers of PHP-FPM leave their memory, with the sessions that they served, to \"\(pattern)\"; root can "
                        + "read it, and backups may take it along",
                    "LimitCORE=0 for the unit of PHP-FPM, or fs.suid_dumpable = 0 in a file of /etc/sysctl.d"
                )
            ]
        default: return []
        }
    }
}
