// SPDX-License-Identifier: Apache-2.0

/// Names of cookies that browsers hold to rules (RFC 6265bis, 4.1.3).
public struct CookiePrefixes: AuditCheck {
    static let broken = "cookie-prefix-broken"
    static let none = "cookie-without-prefix"

    /// The codes of all findings that it can make.
    public static let codes = [broken, none]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).compactMap { session in
            let name = session.text("session.name").lowercased()
            let isSecure = session.flag("session.cookie_secure")
            let isForHost = session.text("session.cookie_domain").isEmpty && session.text("session.cookie_path") == "/"
            if name.hasPrefix("__host-") || name.hasPrefix("__secure-") {
                if isSecure, isForHost || name.hasPrefix("__secure-") { return nil }
                // With Cloakroom, requests by HTTPS have it.
                if session.setsCookies, isForHost || name.hasPrefix("__secure-") { return nil }
                return session.finding(
                    Self.broken,
                    .medium,
                    "session.name",
                    "Browsers refuse a cookie of this name, so that no session lasts: it needs session.cookie_secure"
                        + (name.hasPrefix("__host-")
                            ? ", an empty session.cookie_domain and the session.cookie_path \"/\"." : "."),
                    write: session.text("session.name"),
                    "\n" + session.settings.line("session.cookie_secure", "1")
                )
            }
            guard isSecure, isForHost else { return nil }
            return session.finding(
                Self.none,
                .info,
                "session.name",
                "A name that begins with __Host- would keep neighbouring hosts and pages without TLS from setting the cookie. Changing "
                    + "it ends all sessions once.",
                write: "__Host-\(session.text("session.name"))"
            )
        }
    }
}
