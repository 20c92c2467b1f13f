// SPDX-License-Identifier: Apache-2.0

/// Whether workers of PHP-FPM may leave core dumps, or be read by others of their user.
struct PoolDumpCheck: AuditCheck {
    static let codes = ["pool-dumpable", "pool-core-limit"]

    func findings(on host: AuditedHost) -> [Finding] {
        host.pools.flatMap { runtime, pool -> [Finding] in
            [dumpable(runtime, pool, host), core(runtime, pool, host)].compactMap(\.self)
        }
    }

    private func dumpable(_ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ host: AuditedHost) -> Finding? {
        guard let value = pool.directives["process.dumpable"], Self.isOn(value.text) else { return nil }
        return host.finding(
            "pool-dumpable",
            .medium,
            runtime.name,
            value.location,
            "workers can be read by all processes of their user while they run (ptrace), and leave core dumps: both have the sessions "
                + "of other visitors",
            "process.dumpable = no"
        )
    }

    private func core(_ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ host: AuditedHost) -> Finding? {
        guard let value = pool.directives["rlimit_core"] ?? pool.directives["global.rlimit_core"], value.text != "0"
        else { return nil }
        return host.finding(
            "pool-core-limit",
            .low,
            runtime.name,
            value.location,
            "core files are allowed: one has the sessions that the worker served, where the kernel lets it write any",
            "rlimit_core = 0"
        )
    }

    private static func isOn(_ text: String) -> Bool { ["1", "yes", "on", "true"].contains(text.lowercased()) }
}
