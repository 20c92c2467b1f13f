// SPDX-License-Identifier: Apache-2.0

/// What PHP tells caches of pages with a session, and what it does with Referer.
public struct ResponseCaching: AuditCheck {
    static let publicCache = "pages-cached-for-all"
    static let noHeaders = "pages-without-cache-headers"
    static let referer = "referer-check"
    static let autoStart = "auto-start"

    /// The codes of all findings that it can make.
    public static let codes = [publicCache, noHeaders, referer, autoStart]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).flatMap { session in
            [caching(session), referer(session), autoStart(session)].compactMap { $0 }
        }
    }

    private func caching(_ session: SessionSettings) -> Finding? {
        switch session.text("session.cache_limiter").lowercased() {
        case "public":
            return session.finding(
                Self.publicCache,
                .medium,
                "session.cache_limiter",
                "PHP tells proxies to keep pages that a session has, with its cookie, and to give them to others.",
                write: "nocache"
            )
        case "":
            return session.finding(
                Self.noHeaders,
                .low,
                "session.cache_limiter",
                "PHP tells browsers and proxies nothing of keeping pages that a session has: where the application does not either, "
                    + "they may keep them and show them to others.",
                write: "nocache"
            )
        default: return nil
        }
    }

    private func referer(_ session: SessionSettings) -> Finding? {
        guard !session.text("session.referer_check").isEmpty else { return nil }
        return session.finding(
            Self.referer,
            .info,
            "session.referer_check",
            "It protects from nothing: requests without a Referer header pass, and other sites can have browsers leave it out.",
            write: "\"\""
        )
    }

    private func autoStart(_ session: SessionSettings) -> Finding? {
        // With Cloakroom, see PrependGaps.
        guard session.flag("session.auto_start"), !session.isCloakroom else { return nil }
        return session.finding(
            Self.autoStart,
            .info,
            "session.auto_start",
            "Every visitor and robot gets a session, and applications can no longer choose the attributes of its cookie.",
            write: "0"
        )
    }
}
