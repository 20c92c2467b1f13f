// SPDX-License-Identifier: Apache-2.0

/// How the daemon and its pools are, and who has locks: what a status page shows. As JSON it is a ``StatusReport`` with one more
/// field, `locks`.
public struct StatusSnapshot: Equatable, Sendable {
    /// The most locks that are listed.
    public static let mostLocks = 100
    /// The most waiters of each that are named. All locks together then take 2 MiB at most, whatever clients call their requests.
    public static let mostWaiters = 20

    /// The daemon and its pools.
    public let report: StatusReport
    /// The locks that others wait for, then those that nobody waits for, those held longest first; at most ``mostLocks``.
    public let locks: [LockRow]

    /// Joins the parts.
    public init(report: StatusReport, locks: [LockRow]) {
        self.report = report
        self.locks = locks
    }
}

extension StatusSnapshot: Codable {
    private enum CodingKeys: CodingKey {
        case locks
    }

    /// Reads a report and the locks.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(report: try StatusReport(from: decoder), locks: try fields.decode([LockRow].self, forKey: .locks))
    }

    /// Writes both into one object.
    public func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(locks, forKey: .locks)
    }
}
