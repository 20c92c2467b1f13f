// SPDX-License-Identifier: Apache-2.0

/// What PHP, or the audit, cannot read.
public struct ConfigurationProblems: AuditCheck {
    static let unreadable = "php-configuration-unreadable"
    static let broken = "php-configuration-broken"
    static let fpmBroken = "fpm-configuration-broken"

    public static let codes = [unreadable, broken, fpmBroken]

    /// Makes the check.
    public init() {}

    public func findings(on host: AuditedHost) -> [Finding] { host.problems }
}
