// SPDX-License-Identifier: Apache-2.0

/// How long unused sessions are kept.
public struct Lifetimes: AuditCheck {
    static let long = "sessions-kept-long"
    /// The codes of all findings that it can make.
    public static let codes = [long]

    /// In seconds: a day. OWASP's Session Management Cheat Sheet advises minutes for what matters, hours for the rest.
    private static let longest = 86_400

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).compactMap { session in
            let seconds = session.number("session.gc_maxlifetime")
            guard seconds > Self.longest else { return nil }
            return session.finding(
                Self.long,
                .low,
                "session.gc_maxlifetime",
                "Sessions that nobody uses are kept for \(seconds / 3600) hours: a stolen id works as long, and all the time that it is "
                    + "used.",
                write: "1440"
            )
        }
    }
}
