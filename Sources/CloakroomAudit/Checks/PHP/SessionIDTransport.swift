// SPDX-License-Identifier: Apache-2.0

/// Whether ids come and go in cookies alone.
public struct SessionIDTransport: AuditCheck {
    static let notOnlyCookies = "id-accepted-from-url"
    static let inURLs = "id-written-into-urls"
    static let noEffect = "trans-sid-without-effect"

    /// The codes of all findings that it can make.
    public static let codes = [notOnlyCookies, inURLs, noEffect]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).compactMap { session in
            let rewrites = session.flag("session.use_trans_sid")
            if session.flag("session.use_only_cookies") {
                guard rewrites else { return nil }
                return session.finding(
                    Self.noEffect,
                    .info,
                    "session.use_trans_sid",
                    "It is on, but has no effect as long as session.use_only_cookies is on too.",
                    write: "0"
                )
            }
            if rewrites {
                return session.finding(
                    Self.inURLs,
                    .high,
                    "session.use_trans_sid",
                    "PHP writes session ids into links. They get into logs, histories, bookmarks, and to other sites with the Referer "
                        + "header: whoever reads one goes on as its user.",
                    write: "0",
                    "\n" + session.settings.line("session.use_only_cookies", "1")
                )
            }
            return session.finding(
                Self.notOnlyCookies,
                .medium,
                "session.use_only_cookies",
                "PHP takes session ids from URLs and forms: a link is enough to make a victim use an id of the attacker's choice "
                    + "(session fixation).",
                write: "1"
            )
        }
    }
}
