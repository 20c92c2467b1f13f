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
        let (runtimes, problems) = PHPDiscovery.runtimes(in: tree)
        let observed =
            isAsking ? Observer(tree: tree).observations(of: runtimes, cloakroom) : Observations()
        let host = AuditedHost(tree: tree, runtimes: runtimes, cloakroom: cloakroom, observed: observed)
        let findings = AuditChecks.all.flatMap { $0.findings(on: host) }
        return AuditResult(findings: problems + findings, pools: host.pools.map(\.runtime.name))
    }
}
