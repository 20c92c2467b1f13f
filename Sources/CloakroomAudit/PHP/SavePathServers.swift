// SPDX-License-Identifier: Apache-2.0

/// `session.save_path` of the handlers for Redis and Memcached: servers, divided by commas or spaces.
struct SavePathServers {
    /// Whether each is given a password.
    let hasPassword: Bool
    /// Whether one is not on this host.
    let isRemote: Bool
    /// Whether each that is not on this host is spoken to with TLS.
    let hasTLS: Bool

    init(_ text: String, handler: String) {
        let servers = text.split { $0 == "," || $0.isWhitespace }.map(String.init).filter { !$0.isEmpty }
        let isRedis = handler.hasPrefix("redis")
        hasPassword = isRedis && !servers.isEmpty && servers.allSatisfy { $0.contains("auth") && $0.contains("=") }
        let remote = servers.filter { !Self.isLocal($0) }
        isRemote = !remote.isEmpty
        hasTLS = remote.allSatisfy { $0.lowercased().hasPrefix("tls://") || $0.lowercased().hasPrefix("ssl://") }
    }

    private static func isLocal(_ server: String) -> Bool {
        let server = server.lowercased()
        if server.hasPrefix("/") || server.hasPrefix("unix:") || server.hasPrefix("seed[]=unix:") { return true }
        var host = server.split(separator: "://", maxSplits: 1).last.map(String.init) ?? ""
        if let at = host.lastIndex(of: "@") { host = String(host[host.index(after: at)...]) }
        if let equals = host.firstIndex(of: "="), host.hasPrefix("seed[") {
            host = String(host[host.index(after: equals)...])
        }
        host = String(host.prefix { $0 != "/" && $0 != "?" && $0 != "&" })
        if host.hasPrefix("[") { return host.hasPrefix("[::1]") }
        let name = host.prefix { $0 != ":" }
        return name == "localhost" || name.hasPrefix("127.") || host == "::1"
    }
}
