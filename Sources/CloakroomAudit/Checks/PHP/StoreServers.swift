// SPDX-License-Identifier: Apache-2.0

/// Runtimes whose sessions are in Redis or Memcached.
public struct StoreServers: AuditCheck {
    static let plainText = "store-in-plain-text"
    static let noPassword = "store-without-password"
    static let noTLS = "store-without-tls"
    static let unknown = "save-handler-unknown"

    /// The codes of all findings that it can make.
    public static let codes = [plainText, noPassword, noTLS, unknown]

    private static let names = [
        "redis": "Redis", "rediscluster": "Redis", "memcached": "Memcached", "memcache": "Memcached",
    ]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter { !$0.isCloakroom && $0.handler != "files" }.flatMap(findings)
    }

    private func findings(_ session: SessionSettings) -> [Finding] {
        guard let name = Self.names[session.handler] else { return [unknown(session)] }
        let setting = session.handler == "rediscluster" ? "redis.session.save_path" : "session.save_path"
        let path = SavePathServers(session.settings.text("session.save_path", default: ""), handler: session.handler)
        var findings = [plainText(session, name)]
        let place = session.settings.location(of: setting)
        if !path.hasPassword, session.settings.text("memcached.sess_sasl_username", default: "").isEmpty {
            findings.append(
                session.finding(
                    Self.noPassword,
                    path.isRemote ? .high : .medium,
                    at: place,
                    "PHP tells \(name) no password. Whoever can reach the server, such as every local user, and every program that "
                        + "can be made to send it something, reads and replaces all sessions.",
                    name == "Redis"
                        ? "Give the server a password, and write it into session.save_path: ?auth[user]=NAME&auth[pass]=PASSWORD"
                        : "Let the server listen on a Unix socket that only PHP's user may use, or use SASL: "
                            + session.settings.line("memcached.sess_sasl_username", "NAME")
                )
            )
        }
        if path.isRemote, !path.hasTLS {
            findings.append(
                session.finding(
                    Self.noTLS,
                    .high,
                    at: place,
                    "Sessions go to \(name) over a network without TLS. Whoever is on the way reads and changes them.",
                    name == "Redis"
                        ? "Write tls://HOST:PORT into session.save_path, or use a server on this host."
                        : "Use a server on this host, or a tunnel: Memcached's session handler speaks no TLS."
                )
            )
        }
        return findings
    }

    private func plainText(_ session: SessionSettings, _ name: String) -> Finding {
        session.finding(
            Self.plainText,
            .medium,
            at: session.settings.location(of: "session.save_handler"),
            "\(name) has sessions in plain text, in its memory and in what it writes to the disk. Whoever may read either has what "
                + "is in them and can go on as those users.",
            session.settings.line("auto_prepend_file", CloakroomFiles.prepend)
        )
    }

    private func unknown(_ session: SessionSettings) -> Finding {
        session.finding(
            Self.unknown,
            .info,
            at: session.settings.location(of: "session.save_handler"),
            "The audit does not know how the handler \"\(session.handler.prefix(40))\" keeps sessions.",
            "Look whether it encrypts them, and who can read its store."
        )
    }
}
