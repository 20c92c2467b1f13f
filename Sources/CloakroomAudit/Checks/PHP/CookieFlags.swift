// SPDX-License-Identifier: Apache-2.0

/// The attributes that protect the cookie of a session.
public struct CookieFlags: AuditCheck {
    static let httpOnly = "cookie-without-httponly"
    static let secure = "cookie-without-secure"
    static let sameSite = "cookie-without-samesite"
    static let sameSiteNone = "cookie-samesite-none"
    static let sameSiteUnknown = "cookie-samesite-unknown"

    /// The codes of all findings that it can make.
    public static let codes = [httpOnly, secure, sameSite, sameSiteNone, sameSiteUnknown]

    /// What is said of all: PHP's configuration does not tell what applications set.
    private static let unless = " (unless the application sets it)"

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).flatMap { session in
            [httpOnly(session), secure(session, host), sameSite(session)].compactMap { $0 }
        }
    }

    private func httpOnly(_ session: SessionSettings) -> Finding? {
        guard !session.flag("session.cookie_httponly") else { return nil }
        return session.finding(
            Self.httpOnly,
            .medium,
            "session.cookie_httponly",
            "Scripts in pages can read the cookie\(Self.unless): one hole for foreign scripts (XSS) is enough to carry sessions away.",
            write: "1"
        )
    }

    private func secure(_ session: SessionSettings, _ host: AuditedHost) -> Finding? {
        // Cloakroom's prepended file sets it when the request came by HTTPS, unless the operator has forbidden that.
        let isSetByCloakroom = session.setsCookies && session.settings["session.cookie_secure"]?.isFixed != true
        guard !session.flag("session.cookie_secure"), !isSetByCloakroom else { return nil }
        return session.finding(
            Self.secure,
            host.web.hasTLS ? .medium : .low,
            "session.cookie_secure",
            "Browsers send the cookie without TLS too\(Self.unless): whoever is on the way, such as in the same wireless network, "
                + "reads it. "
                + (host.web.hasTLS ? "" : "No web server here has TLS, unless a proxy has it for the site. ")
                + "Only for sites that are reached by HTTPS alone.",
            write: "1"
        )
    }

    private func sameSite(_ session: SessionSettings) -> Finding? {
        let text = session.text("session.cookie_samesite")
        switch text.lowercased() {
        case "lax", "strict": return nil
        case "none":
            let isSecure = session.flag("session.cookie_secure")
            return session.finding(
                Self.sameSiteNone,
                isSecure ? .low : .medium,
                "session.cookie_samesite",
                "Browsers send the cookie with requests from all other sites, so that these can act as its user (CSRF) where the "
                    + "application has no protection of its own."
                    + (isSecure ? "" : " Without session.cookie_secure, many browsers refuse the cookie."),
                write: "\"Lax\""
            )
        case "":
            return session.finding(
                Self.sameSite,
                .low,
                "session.cookie_samesite",
                "The cookie says nothing of requests from other sites\(Self.unless): browsers that do not take this for \"Lax\" send it "
                    + "with them, so that other sites can act as its user (CSRF).",
                write: "\"Lax\""
            )
        default:
            return session.finding(
                Self.sameSiteUnknown,
                .low,
                "session.cookie_samesite",
                "\"\(text.prefix(40))\" is none of Strict, Lax and None: browsers ignore it.",
                write: "\"Lax\""
            )
        }
    }
}
