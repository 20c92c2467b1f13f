// SPDX-License-Identifier: Apache-2.0

/// How the daemon and its pools are, and what of it wants attention.
public struct StatusReport: Equatable, Sendable, Codable {
    /// The daemon.
    public let daemon: DaemonStatus
    /// The pools that were asked for.
    public let pools: [PoolStatus]
    /// What wants attention; the most urgent first.
    public let warnings: [StatusWarning]

    /// Joins the parts, and judges them.
    public init(daemon: DaemonStatus, pools: [PoolStatus]) {
        self.daemon = daemon
        self.pools = pools
        let all = daemon.warnings + pools.flatMap(\.warnings)
        warnings = all.filter { $0.severity == .warning } + all.filter { $0.severity == .notice }
    }

    /// Whether nothing has to be done.
    public var isWell: Bool { !warnings.contains { $0.severity == .warning } }
}
