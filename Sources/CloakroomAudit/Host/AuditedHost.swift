// SPDX-License-Identifier: Apache-2.0

/// What the checks look at.
public struct AuditedHost: Sendable {
    /// The host's files.
    public let tree: HostTree
    /// Every PHP that can run there, with what holds for it.
    public let runtimes: [PHPRuntime]
    /// What the search for them could not read or understand.
    public let problems: [Finding]
    /// Its users and groups.
    public let accounts: Accounts
    /// Its file systems.
    public let mounts: MountTable
    /// What its web servers show to the world.
    public let web: WebServers
    /// What is in the directories that they show, once somebody has asked.
    let documents = DocumentSearchCache()

    /// Joins the parts.
    public init(tree: HostTree, runtimes: [PHPRuntime], problems: [Finding] = []) {
        self.tree = tree
        self.runtimes = runtimes
        self.problems = problems
        accounts = Accounts(in: tree)
        mounts = MountTable(in: tree)
        web = WebServers(in: tree)
    }

    /// Looks for every PHP among a host's files.
    public init(tree: HostTree) {
        let discovery = PHPDiscovery(in: tree)
        self.init(tree: tree, runtimes: discovery.runtimes, problems: discovery.problems)
    }
}
