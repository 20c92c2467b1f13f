// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Who holds a lock or waits for one, for people.
public struct LockClient: Hashable, Sendable, CustomStringConvertible {
    /// The client's process id, as the kernel told when it connected.
    public let pid: Int32
    /// What the client says it is doing.
    public let label: RequestLabel

    /// Joins the two.
    public init(pid: Int32, label: RequestLabel) {
        self.pid = pid
        self.label = label
    }

    /// The process, and what it is doing if it said so.
    public var description: String { label.bytes.isEmpty ? "process \(pid)" : "process \(pid) (\(label))" }
}
