// SPDX-License-Identifier: Apache-2.0

/// The users and groups of a host that are in its files (passwd(5), group(5)).
struct HostAccounts: Sendable {
    struct User: Hashable, Sendable {
        let name: String
        let id: UInt32
        let group: UInt32
        let shell: String

        /// Whether somebody can log in as it: not an account of a service.
        var isPerson: Bool {
            (1000..<60_000).contains(id) && !["nologin", "false"].contains(shell.split(separator: "/").last ?? "")
        }
    }

    struct Group: Hashable, Sendable {
        let name: String
        let id: UInt32
        /// Users that are in it besides those whose first group it is.
        let members: [String]
    }

    let users: [User]
    let groups: [Group]

    init(in tree: HostTree) {
        users = Self.rows(of: "/etc/passwd", in: tree, count: 7).compactMap { row in
            guard let id = UInt32(row[2]), let group = UInt32(row[3]) else { return nil }
            return User(name: row[0], id: id, group: group, shell: row[6])
        }
        groups = Self.rows(of: "/etc/group", in: tree, count: 4).compactMap { row in
            guard let id = UInt32(row[2]) else { return nil }
            return Group(name: row[0], id: id, members: row[3].split(separator: ",").map(String.init))
        }
    }

    /// The user of a name, or of a number that is written as one.
    func user(_ text: String) -> User? {
        users.first { $0.name == text } ?? UInt32(text).flatMap { id in users.first { $0.id == id } }
    }

    /// The number of a user, which need not have a name.
    func userID(_ text: String) -> UInt32? { user(text)?.id ?? UInt32(text) }

    /// The group of a name, or of a number that is written as one.
    func group(_ text: String) -> Group? {
        groups.first { $0.name == text } ?? UInt32(text).flatMap { id in groups.first { $0.id == id } }
    }

    /// The name of a user, or else the number.
    func userName(_ id: UInt32) -> String { users.first { $0.id == id }?.name ?? "user id \(id)" }

    /// The name of a group, or else the number.
    func groupName(_ id: UInt32) -> String { groups.first { $0.id == id }?.name ?? "group id \(id)" }

    /// Whether a user is in a group, as its first or another.
    func isMember(_ user: User, of group: Group) -> Bool {
        user.group == group.id || group.members.contains(user.name)
    }

    private static func rows(of path: String, in tree: HostTree, count: Int) -> [[String]] {
        (tree.text(of: path) ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            return fields.count == count ? fields : nil
        }
    }
}
