// SPDX-License-Identifier: Apache-2.0

/// Runtimes that take ids which PHP did not make.
public struct StrictMode: AuditCheck {
    static let off = "strict-mode-off"
    /// The codes of all findings that it can make.
    public static let codes = [off]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter { !$0.flag("session.use_strict_mode") }.map { session in
            session.finding(
                Self.off,
                // An operator who has written CLOAKROOM_STRICT = off has chosen it, for an application that needs it.
                session.isCloakroom ? .low : .medium,
                "session.use_strict_mode",
                "PHP takes any session id that a browser sends: an attacker who makes a victim use an id of the attacker's choice has "
                    + "the victim's session after the log-in (session fixation), unless the application makes a new id then.",
                write: "1"
            )
        }
    }
}
