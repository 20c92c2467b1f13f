// SPDX-License-Identifier: Apache-2.0

/// Looks for one kind of thing that is wrong. It changes nothing.
public protocol AuditCheck: Sendable {
    /// The codes of all findings that it can make.
    static var codes: [String] { get }

    /// What it finds.
    func findings(on host: AuditedHost) -> [Finding]
}
