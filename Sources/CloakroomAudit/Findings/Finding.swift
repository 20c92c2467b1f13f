// SPDX-License-Identifier: Apache-2.0

/// Something about the host that somebody should know.
public struct Finding: Hashable, Codable, Sendable {
    /// What it is, the same in every release: such as `save-path-readable`.
    public let code: String
    /// How much it matters.
    public let severity: Severity
    /// What it is about: such as `FPM 8.2, pool www`.
    public let subject: String
    /// Where it is written, or the file or directory that is meant; `nil` when there is no such place.
    public let location: FileLocation?
    /// What is so, and what follows from it.
    public let reason: String
    /// What to do: where possible the line to write, or the command to run.
    public let remedy: String

    /// Describes a finding.
    public init(
        code: String,
        severity: Severity,
        subject: String,
        location: FileLocation?,
        reason: String,
        remedy: String
    ) {
        self.code = code
        self.severity = severity
        self.subject = subject
        self.location = location
        self.reason = reason
        self.remedy = remedy
    }
}
