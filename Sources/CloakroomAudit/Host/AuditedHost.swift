// SPDX-License-Identifier: Apache-2.0

/// What the checks look at.
public struct AuditedHost: Sendable {
    /// The host's files.
    public let tree: HostTree
    /// Every PHP that can run there, with what holds for it.
    public let runtimes: [PHPRuntime]
    /// What the search for them could not read or understand.
    public let problems: [Finding]

    /// Joins the parts.
    public init(tree: HostTree, runtimes: [PHPRuntime], problems: [Finding] = []) {
        self.tree = tree
        self.runtimes = runtimes
        self.problems = problems
    }

    /// Looks for every PHP among a host's files.
    public init(tree: HostTree) {
        let discovery = PHPDiscovery(in: tree)
        self.init(tree: tree, runtimes: discovery.runtimes, problems: discovery.problems)
    }
}
