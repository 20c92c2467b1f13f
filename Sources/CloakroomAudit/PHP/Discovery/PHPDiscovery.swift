// SPDX-License-Identifier: Apache-2.0

/// Every PHP on a host, found by its files.
public struct PHPDiscovery: Sendable {
    /// What was found.
    public private(set) var runtimes: [PHPRuntime] = []
    /// Files that could not be read or understood.
    public private(set) var problems: [Finding] = []

    /// Every PHP on a host, without what could not be read.
    public static func runtimes(in tree: HostTree) -> [PHPRuntime] { PHPDiscovery(in: tree).runtimes }

    /// Looks for every PHP on a host.
    public init(in tree: HostTree) {
        for installation in PHPInstallation.all(in: tree) {
            var reader = PHPRuntimeReader(tree: tree, installation: installation)
            runtimes += reader.runtimes()
            problems += reader.problems
        }
        // Interfaces that share a file have the same to say of it.
        var seen: Set<Finding> = []
        problems = problems.filter { seen.insert($0).inserted }
    }
}
