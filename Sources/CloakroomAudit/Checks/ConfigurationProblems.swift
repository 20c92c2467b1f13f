// SPDX-License-Identifier: Apache-2.0

/// What PHP, or the audit, cannot read.
public struct ConfigurationProblems: AuditCheck {
    static let unreadable = "php-configuration-unreadable"
    static let broken = "php-configuration-broken"
    static let fpmBroken = "fpm-configuration-broken"

    /// The codes of all findings that it can make.
    public static let codes = [unreadable, broken, fpmBroken]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] { host.problems }
}
