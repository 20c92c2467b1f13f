// SPDX-License-Identifier: Apache-2.0

public import CloakroomConfiguration
public import CloakroomCore
import Glibc

/// Who belongs to which pool, by the ids of users and groups.
public struct PoolMembers: Equatable, Sendable {
    private struct Members: Equatable, Sendable {
        var users: Set<UInt32> = []
        var groups: Set<UInt32> = []
    }

    /// All pools, `default` first.
    public let pools: [PoolName]
    /// Default users that this system does not have.
    public let missing: [String]
    /// Whether anybody belongs to a pool by a group.
    let haveGroups: Bool

    private let members: [PoolName: Members]
    /// Whoever is only in `default` because nobody said who shall be leaves it to the pool that names him.
    private let standardIsImplicit: Bool
    /// Root and the daemon's own user, who can get at every store as it is.
    private let privileged: Set<UInt32>

    /// Those that a configuration means. A user of the default list that does not exist is left out, because a system without
    /// `www-data` runs PHP as somebody else; whoever the configuration names must exist.
    ///
    /// - Throws: ``ConfigurationError`` when a named user or group does not exist.
    public init(_ configuration: Configuration) throws(ConfigurationError) {
        var members: [PoolName: Members] = [:]
        var missing: [String] = []
        standardIsImplicit = !configuration.explicit.contains("server.users")
        members[.standard] = Members()
        for name in configuration.server.users {
            do throws(ConfigurationError) {
                members[.standard]?.users.insert(try UserDirectory.userID(of: name, setting: "server.users"))
            } catch {
                guard standardIsImplicit else { throw error }
                missing.append(name)
            }
        }
        for pool in configuration.pools {
            var own = Members()
            for name in pool.unixUsers {
                own.users.insert(try UserDirectory.userID(of: name, setting: "pools.\(pool.name).unix_users"))
            }
            for name in pool.unixGroups {
                own.groups.insert(try UserDirectory.groupID(of: name, setting: "pools.\(pool.name).unix_groups"))
            }
            members[pool.name] = own
        }
        self.members = members
        self.missing = missing
        pools = members.keys.sorted()
        haveGroups = members.values.contains { !$0.groups.isEmpty }
        privileged = [0, geteuid()]
    }

    /// What a peer may use.
    ///
    /// - Parameters:
    ///   - user: its user id.
    ///   - groups: the ids of all its groups.
    ///   - socket: the pool that its socket is tied to; `nil`: none.
    public func access(user: UInt32, groups: Set<UInt32>, socket: PoolName?) -> PoolAccess {
        let own = privileged.contains(user) ? pools : pools(user: user, groups: groups)
        guard !own.isEmpty else { return .stranger }
        if let socket { return own.contains(socket) ? .granted(PoolGrant(socket: socket)) : .otherPool(socket) }
        return .granted(PoolGrant(pools: own, isPrivileged: privileged.contains(user)))
    }

    /// Whether a user belongs to a pool, other than by being root or the daemon's own.
    func contain(user: UInt32, groups: Set<UInt32>) -> Bool { !pools(user: user, groups: groups).isEmpty }

    /// The ids of the users that a configuration names as those of a pool.
    func users(of pool: PoolName) -> [UInt32] {
        (members[pool]?.users ?? []).filter { pools(user: $0, groups: []).contains(pool) }.sorted()
    }

    /// The ids of the groups that a configuration names as those of a pool.
    func groups(of pool: PoolName) -> [UInt32] { (members[pool]?.groups ?? []).sorted() }

    private func pools(user: UInt32, groups: Set<UInt32>) -> [PoolName] {
        let found = pools.filter { pool in
            guard let members = members[pool] else { return false }
            return members.users.contains(user) || !members.groups.isDisjoint(with: groups)
        }
        return standardIsImplicit && found.count > 1 ? found.filter { $0 != .standard } : found
    }
}
