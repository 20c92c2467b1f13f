// SPDX-License-Identifier: Apache-2.0

/// What the checks look at.
public struct AuditedHost: Sendable {
    /// The host's files.
    public let tree: HostTree
    /// Every PHP that can run there, with what holds for it.
    public let runtimes: [PHPRuntime]

    /// Joins the parts.
    public init(tree: HostTree, runtimes: [PHPRuntime]) {
        self.tree = tree
        self.runtimes = runtimes
    }
}
