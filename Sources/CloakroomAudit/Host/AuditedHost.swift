// SPDX-License-Identifier: Apache-2.0

/// What the checks look at.
public struct AuditedHost: Sendable {
    /// The host's files.
    public let tree: HostTree
    /// Every PHP that can run there, with what holds for it.
    public let runtimes: [PHPRuntime]
    /// What the search for them could not read or understand.
    public let problems: [Finding]
    /// Cloakroom as it is set up there.
    public let cloakroom: CloakroomInstallation
    /// What the running host has said.
    public let observed: Observations
    /// Its users and groups.
    public let accounts: Accounts
    /// Its file systems.
    public let mounts: MountTable
    /// What its web servers show to the world.
    public let web: WebServers
    /// What is in the directories that they show, once somebody has asked.
    let documents = DocumentSearchCache()

    /// Joins the parts.
    ///
    /// - Parameter cloakroom: `nil`: what is found in the files.
    public init(
        tree: HostTree,
        runtimes: [PHPRuntime],
        problems: [Finding] = [],
        cloakroom: CloakroomInstallation? = nil,
        observed: Observations = Observations()
    ) {
        self.tree = tree
        self.runtimes = runtimes
        self.problems = problems
        self.cloakroom = cloakroom ?? CloakroomInstallation(in: tree)
        self.observed = observed
        accounts = Accounts(in: tree)
        mounts = MountTable(in: tree)
        web = WebServers(in: tree)
    }

    /// Looks for every PHP among a host's files.
    public init(tree: HostTree) {
        let discovery = PHPDiscovery(in: tree)
        self.init(tree: tree, runtimes: discovery.runtimes, problems: discovery.problems)
    }

    /// The pools of FPM.
    var pools: [(runtime: PHPRuntime, pool: PHPRuntime.Pool)] {
        runtimes.compactMap { runtime in runtime.pool.map { (runtime, $0) } }
    }

    /// The numbers of the users that pools run as.
    var poolUsers: Set<UInt32> { Set(pools.compactMap { accounts.user($0.pool.user) }) }

    /// Whose files the daemon may trust: root's and its own.
    var trusted: Set<UInt32> { [0, accounts.user(cloakroom.user) ?? 0] }

    /// Whether this runtime has Cloakroom's file prepended, as files say.
    func isPrepended(_ runtime: PHPRuntime) -> Bool {
        SessionSettings(runtime, on: self).isCloakroom
    }

    /// Whether anything on this host is to keep its sessions in Cloakroom.
    var usesCloakroom: Bool { cloakroom.isInUse || runtimes.contains(where: isPrepended) }
}
