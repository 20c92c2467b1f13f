// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Whose files are taken.
public final class FileOwners {
    private let users: Set<UInt32>
    private let groups: Set<UInt32>
    private var members: [UInt32: Bool] = [:]

    /// Those of users, and of members of groups.
    public init(users: some Sequence<UInt32>, groups: some Sequence<UInt32> = []) {
        self.users = Set(users)
        self.groups = Set(groups)
    }

    /// Whether nobody's are.
    public var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    /// The id of a user of this system, by name or by number.
    ///
    /// - Throws: ``ImportError`` when there is none.
    public static func user(_ text: String) throws(ImportError) -> UInt32 {
        if let number = UInt32(text) { return number }
        guard let id = entry({ getpwnam_r(text, $0, $1, $2, $3) }, { $0.pw_uid }) else {
            throw ImportError("this system has no user \"\(text)\"")
        }
        return id
    }

    /// The name of a user, or the number of one who has none.
    static func name(of user: UInt32) -> String {
        entry({ getpwuid_r(user, $0, $1, $2, $3) }, { String(cString: $0.pw_name) }) ?? "user \(user)"
    }

    func contain(_ user: UInt32) -> Bool {
        if users.contains(user) { return true }
        guard !groups.isEmpty else { return false }
        if let known = members[user] { return known }
        let isMember = !groups.isDisjoint(with: Self.groups(of: user))
        members[user] = isMember
        return isMember
    }

    private static func groups(of user: UInt32) -> [UInt32] {
        guard
            let (name, group) = entry(
                { getpwuid_r(user, $0, $1, $2, $3) },
                { (String(cString: $0.pw_name), $0.pw_gid) }
            )
        else { return [] }
        var count: Int32 = 64
        while true {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let room = count
            if getgrouplist(name, group, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
            // It has said how many there are (getgrouplist(3)).
            if count <= room { return [] }
        }
    }

    private typealias Buffer = UnsafeMutablePointer<CChar>
    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, Buffer, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    /// Looks somebody up (getpwnam_r(3)), with more room until there is enough.
    private static func entry<Value>(_ lookup: Lookup, _ value: (passwd) -> Value) -> Value? {
        var size = 1024
        while size <= 1 << 20 {
            let buffer = Buffer.allocate(capacity: size)
            defer { buffer.deallocate() }
            var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
            let code = lookup(&entry, buffer, size, &found)
            if code == 0 { return found.map { value($0.pointee) } }
            guard code == ERANGE else { return nil }
            size *= 2
        }
        return nil
    }
}
