// SPDX-License-Identifier: Apache-2.0

/// Who can speak FastCGI to a pool, and so have it run any PHP file with any setting.
struct PoolListenCheck: AuditCheck {
    static let codes = ["pool-socket-open", "pool-listens-on-network", "pool-listens-on-port"]

    func findings(on host: AuditedHost) -> [Finding] {
        host.pools.compactMap { runtime, pool in
            switch FastCGIAddress(listen: pool.listen) {
            case .unix(let path): socket(path, runtime, pool, host)
            case .network: network(runtime, pool, host)
            case .loopback: isWildcard(pool.listen) ? network(runtime, pool, host) : port(runtime, pool, host)
            case nil: nil
            }
        }
    }

    private func socket(_ path: String, _ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ host: AuditedHost) -> Finding?
    {
        let running = host.tree.status(of: path).flatMap { $0.kind == .socket ? $0.mode : nil }
        let configured = pool.directives["listen.mode"].flatMap { UInt32($0.text, radix: 8) }
        // An access control list replaces the mode.
        let hasList = ["listen.acl_users", "listen.acl_groups"].contains { pool.directives[$0]?.text.isEmpty == false }
        guard !hasList, let mode = running ?? configured, mode & 0o002 != 0 else { return nil }
        return host.finding(
            "pool-socket-open",
            .high,
            runtime.name,
            pool.directives["listen.mode"]?.location ?? pool.location,
            "every user of this host can connect to \(path) (mode 0\(String(mode, radix: 8))) in the place of the web server, and have "
                + "the pool run any PHP code as \(pool.user): all its sessions are open to it",
            "listen.mode = 0660"
        )
    }

    private func network(_ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ host: AuditedHost) -> Finding? {
        let allowed = pool.directives["listen.allowed_clients"]?.text ?? ""
        guard allowed.isEmpty else {
            return allowed.split(separator: ",").allSatisfy(Self.isLoopback) ? port(runtime, pool, host) : nil
        }
        return host.finding(
            "pool-listens-on-network",
            .high,
            runtime.name,
            pool.directives["listen"]?.location ?? pool.location,
            "the pool listens on \(pool.listen) for every machine that can reach it: each can have it run any PHP code as \(pool.user) "
                + "(FastCGI has no log-in), unless a firewall is in between",
            "listen = /run/php/\(pool.name).sock"
        )
    }

    private func port(_ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ host: AuditedHost) -> Finding? {
        host.finding(
            "pool-listens-on-port",
            .low,
            runtime.name,
            pool.directives["listen"]?.location ?? pool.location,
            "the pool listens on \(pool.listen): every user of this host can connect in the place of the web server, and have it run "
                + "PHP code as \(pool.user); a socket in the file system has an owner and a mode",
            "listen = /run/php/\(pool.name).sock"
        )
    }

    private func isWildcard(_ listen: String) -> Bool {
        let host = listen.lastIndex(of: ":").map { listen[..<$0] } ?? ""
        return ["", "*", "0.0.0.0", "[::]"].contains(host)
    }

    private static func isLoopback(_ text: Substring) -> Bool {
        let text = String(text).trimmed
        return text.hasPrefix("127.") || text == "::1"
    }
}
