// SPDX-License-Identifier: Apache-2.0

/// Who does something to sessions that are not his, for the log.
public struct Administrator: Hashable, Sendable {
    /// The user id, as the kernel told when the administrator connected.
    public let uid: UInt32
    /// The process id of the administrator's program, likewise.
    public let pid: Int32

    /// Joins the two.
    public init(uid: UInt32, pid: Int32) {
        self.uid = uid
        self.pid = pid
    }
}
