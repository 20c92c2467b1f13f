// SPDX-License-Identifier: Apache-2.0

/// Where and for how long browsers keep the cookie of a session.
public struct CookieScope: AuditCheck {
    static let domain = "cookie-for-subdomains"
    static let lifetime = "cookie-kept-long"

    /// The codes of all findings that it can make.
    public static let codes = [domain, lifetime]

    /// In seconds: 30 days.
    private static let longest = 30 * 86_400

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).flatMap { session in [domain(session), lifetime(session)].compactMap { $0 } }
    }

    private func domain(_ session: SessionSettings) -> Finding? {
        let text = session.text("session.cookie_domain")
        guard !text.isEmpty else { return nil }
        return session.finding(
            Self.domain,
            .low,
            "session.cookie_domain",
            "Browsers send the cookie to all hosts below \(text.prefix(80)): each of them has the sessions of this site, and each can "
                + "set the cookie for it.",
            write: "\"\""
        )
    }

    private func lifetime(_ session: SessionSettings) -> Finding? {
        let seconds = session.number("session.cookie_lifetime")
        guard seconds > Self.longest else { return nil }
        return session.finding(
            Self.lifetime,
            .low,
            "session.cookie_lifetime",
            "Browsers keep the cookie for \(seconds / 86_400) days, also when they are closed: whoever comes to the machine later "
                + "goes on as its user, if the session is still there.",
            write: "0"
        )
    }
}
