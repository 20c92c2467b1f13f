// SPDX-License-Identifier: Apache-2.0

/// The users and groups in /etc/passwd and /etc/group (passwd(5), group(5)).
public struct Accounts: Sendable {
    /// The numbers of users by name.
    public let users: [String: UInt32]
    /// The numbers of groups by name.
    public let groups: [String: UInt32]
    /// The first name of each user's number.
    private let userNames: [UInt32: String]
    private let groupNames: [UInt32: String]
    /// What a user gets who logs in.
    private let shells: [UInt32: String]
    private let mainGroups: [UInt32: UInt32]
    /// Those who are in a group besides those whose main group it is.
    private let members: [UInt32: [String]]

    /// Reads a host's.
    public init(in tree: HostTree) {
        var users: [String: UInt32] = [:]
        var userNames: [UInt32: String] = [:]
        var mainGroups: [UInt32: UInt32] = [:]
        var shells: [UInt32: String] = [:]
        for fields in Self.entries("/etc/passwd", in: tree) where fields.count >= 4 {
            guard let user = UInt32(fields[2]), let group = UInt32(fields[3]) else { continue }
            users[fields[0]] = user
            userNames[user] = userNames[user] ?? fields[0]
            mainGroups[user] = mainGroups[user] ?? group
            shells[user] = shells[user] ?? (fields.count > 6 ? fields[6] : "")
        }
        var groups: [String: UInt32] = [:]
        var groupNames: [UInt32: String] = [:]
        var members: [UInt32: [String]] = [:]
        for fields in Self.entries("/etc/group", in: tree) where fields.count >= 3 {
            guard let group = UInt32(fields[2]) else { continue }
            groups[fields[0]] = group
            groupNames[group] = groupNames[group] ?? fields[0]
            members[group, default: []] += (fields.count > 3 ? fields[3] : "").split(separator: ",").map(String.init)
        }
        (self.users, self.userNames, self.mainGroups) = (users, userNames, mainGroups)
        self.shells = shells
        (self.groups, self.groupNames, self.members) = (groups, groupNames, members)
    }

    /// The number of a user that is given by name or number; `nil`: there is no such name.
    public func user(_ text: String) -> UInt32? { users[text] ?? UInt32(text) }

    /// The number of a group that is given by name or number; `nil`: there is no such name.
    public func group(_ text: String) -> UInt32? { groups[text] ?? UInt32(text) }

    /// A user's name, or the number where it has none.
    public func name(ofUser user: UInt32) -> String { userNames[user] ?? String(user) }

    /// A group's name, or the number where it has none.
    public func name(ofGroup group: UInt32) -> String { groupNames[group] ?? String(group) }

    /// The group that a user's processes have; `nil`: the user is unknown.
    public func mainGroup(of user: UInt32) -> UInt32? { mainGroups[user] }

    /// The shell of a user who can log in; `nil` for accounts of services (login.defs(5): `UID_MIN`).
    func loginShell(of user: UInt32) -> String? {
        guard (1000..<60_000).contains(user), let shell = shells[user],
            !["nologin", "false"].contains(shell.split(separator: "/").last ?? "")
        else { return nil }
        return shell.isEmpty ? "/bin/sh" : shell
    }

    /// Whether a user is in a group, as its main group or another.
    func isMember(_ user: UInt32, of group: UInt32) -> Bool {
        mainGroups[user] == group || members[group]?.contains(name(ofUser: user)) == true
    }

    /// The names of those who are in a group.
    public func members(of group: UInt32) -> [String] {
        let main = mainGroups.filter { $0.value == group }.keys.map(name(ofUser:))
        return Set(main + (members[group] ?? [])).sorted()
    }

    private static func entries(_ path: String, in tree: HostTree) -> [[String]] {
        (tree.text(of: path) ?? "").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
