// SPDX-License-Identifier: Apache-2.0

/// Who may use the admin socket: root, and the members of a group, but nobody whom PHP's socket admits. What a page of PHP can
/// do must never reach the keys, whatever groups PHP's user is in.
public struct AdminAccess: Equatable, Sendable {
    /// What is said of a caller.
    enum Verdict: Equatable {
        case admitted
        /// Why not, and what to do.
        case refused(String)
    }

    private let members: PoolMembers
    private let group: UInt32?

    /// - Parameters:
    ///   - group: the group whose members are admitted; `nil`: none.
    ///   - members: whom PHP's socket admits.
    public init(group: UInt32?, members: PoolMembers) {
        self.group = group
        self.members = members
    }

    /// - Parameter groups: all groups of the caller.
    func verdict(user: UInt32, groups: Set<UInt32>) -> Verdict {
        if user == 0 { return .admitted }
        guard !members.contain(user: user, groups: groups) else {
            return .refused(
                "user \(user) may use PHP's socket, and so never this one: run cloakroomctl as root or as another user"
            )
        }
        if let group, groups.contains(group) { return .admitted }
        return .refused(
            "user \(user) may not use the admin socket: run cloakroomctl as root (sudo)"
                + (group.map { ", or join group \($0) and log in anew" } ?? "")
        )
    }
}
