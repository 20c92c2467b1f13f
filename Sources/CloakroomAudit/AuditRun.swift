// SPDX-License-Identifier: Apache-2.0

/// A whole audit: finds what is there, asks what runs, and lets all checks look.
public struct AuditRun: Sendable {
    private let tree: HostTree
    private let cloakroom: CloakroomInstallation
    private let isAsking: Bool

    /// An audit of a host.
    ///
    /// - Parameters:
    ///   - tree: its files.
    ///   - configurationFile: that of the daemon; `nil`: the one that is found.
    ///   - isAsking: whether what runs is asked, if it is this host.
    public init(tree: HostTree, configurationFile: String? = nil, isAsking: Bool = true) {
        self.tree = tree
        cloakroom = CloakroomInstallation(in: tree, configurationFile: configurationFile)
        self.isAsking = isAsking
    }

    /// What was found, the worst first.
    public func result() -> AuditResult {
        let found = PHPDiscovery(in: tree)
        let observed = isAsking ? Observer(tree: tree).observations(of: found.runtimes, cloakroom) : Observations()
        let host = AuditedHost(
            tree: tree,
            runtimes: found.runtimes,
            problems: found.problems,
            cloakroom: cloakroom,
            observed: observed
        )
        return AuditResult(
            findings: AuditChecks.all.flatMap { $0.findings(on: host) },
            pools: host.pools.map(\.runtime.name)
        )
    }
}
