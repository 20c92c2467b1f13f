// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Who may use a restricted socket: root, the members of a group, and at the gate's socket the daemon's own user, but nobody whom
/// PHP's socket admits. What a page of PHP can do must never reach the keys, nor what other pools have, whatever groups PHP's user
/// is in.
public struct RestrictedAccess: Equatable, Sendable {
    /// What is said of a caller.
    enum Verdict: Equatable {
        case admitted
        /// Why not, and what to do.
        case refused(String)
    }

    private let socket: RestrictedSocket
    private let members: PoolMembers
    private let group: UInt32?
    private let own: UInt32?

    /// - Parameters:
    ///   - group: the group whose members are admitted; `nil`: none.
    ///   - members: whom PHP's socket admits.
    public init(to socket: RestrictedSocket, group: UInt32?, members: PoolMembers) {
        self.socket = socket
        self.group = group
        self.members = members
        own = socket == .gate ? geteuid() : nil
    }

    /// - Parameter groups: all groups of the caller.
    func verdict(user: UInt32, groups: Set<UInt32>) -> Verdict {
        if user == 0 { return .admitted }
        guard !members.contain(user: user, groups: groups) else {
            return .refused(
                "user \(user) may use PHP's socket, and so never this one: run \(socket.program) as root or as another user"
            )
        }
        if user == own { return .admitted }
        if let group, groups.contains(group) { return .admitted }
        return .refused("user \(user) may not use \(socket.title): \(socket.advice(group: group))")
    }
}
