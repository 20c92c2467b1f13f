// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore
import CloakroomServer
import Glibc
import Testing

/// Which pools a process may use, by its user, its groups and its socket.
@Suite struct PoolMembersTests {
    private static let shop = PoolName("shop")
    private static let blog = PoolName("blog")

    private func members(_ text: String) throws -> PoolMembers {
        try PoolMembers(try Configuration.load(text: text, file: "c"))
    }

    /// `default` is 4711's; `shop` is 1001's and the group 500's; `blog` is 1001's, 1002's and the group 600's.
    private func members() throws -> PoolMembers {
        try members(
            """
            [server]
            users = [4711]
            [pools.shop]
            unix_users = [1001]
            unix_groups = [500]
            [pools.blog]
            unix_users = [1001, 1002]
            unix_groups = [600]
            """
        )
    }

    private func pools(
        _ user: UInt32,
        _ groups: Set<UInt32> = [],
        on socket: PoolName? = nil,
        of members: PoolMembers? = nil
    ) throws -> [String]? {
        guard
            case .granted(let grant) = try (members ?? self.members()).access(
                user: user,
                groups: groups,
                socket: socket
            )
        else { return nil }
        return grant.pools.map(\.text)
    }

    @Test func poolsAreThoseThatNameTheUserOrOneOfHisGroups() throws {
        #expect(try pools(4711) == ["default"])
        #expect(try pools(1002) == ["blog"])
        #expect(try pools(1001) == ["blog", "shop"])
        #expect(try pools(1002, [1, 500]) == ["blog", "shop"])
        #expect(try pools(9, [500]) == ["shop"])
        #expect(try pools(9, [600, 500, 7]) == ["blog", "shop"])
        #expect(try pools(4711, [500]) == ["default", "shop"])
    }

    @Test func whoBelongsToNoPoolIsRefusedAndNeverInDefault() throws {
        for (user, groups) in [(9, []), (500, []), (600, []), (1003, [1001, 4711]), (.max, [.max])]
            as [(UInt32, Set<UInt32>)]
        {
            for socket in [nil, .standard, Self.shop, Self.blog] {
                #expect(try members().access(user: user, groups: groups, socket: socket) == .stranger)
            }
        }
    }

    @Test func tiedSocketIsForItsPoolAndThoseWhoBelongToIt() throws {
        #expect(try pools(1001, on: Self.shop) == ["shop"])
        #expect(try pools(1001, on: Self.blog) == ["blog"])
        #expect(try pools(4711, on: .standard) == ["default"])
        let shop = try #require(Self.shop)
        #expect(try members().access(user: 1002, groups: [], socket: shop) == .otherPool(shop))
        #expect(try members().access(user: 4711, groups: [], socket: shop) == .otherPool(shop))
        #expect(try members().access(user: 1001, groups: [500], socket: .standard) == .otherPool(.standard))
    }

    @Test func rootAndTheDaemonsOwnUserMayUseEveryPool() throws {
        for user in [0, geteuid()] {
            #expect(try pools(user) == ["default", "blog", "shop"])
            #expect(try pools(user, on: Self.blog) == ["blog"])
        }
    }

    @Test func claimSettlesThePool() throws {
        func claim(_ claimed: String?, by user: UInt32, on socket: PoolName? = nil) throws -> String? {
            guard case .granted(let grant) = try members().access(user: user, groups: [], socket: socket) else {
                return nil
            }
            let name = try claimed.map { try #require(PoolName($0)) }
            guard case .pool(let pool) = grant.pool(claimed: name) else { return "refused" }
            return pool.text
        }
        // One pool.
        #expect(try claim(nil, by: 1002) == "blog")
        #expect(try claim("blog", by: 1002) == "blog")
        for other in ["shop", "default", "nowhere"] { #expect(try claim(other, by: 1002) == "refused") }
        // Several.
        #expect(try claim(nil, by: 1001) == "refused")
        #expect(try claim("shop", by: 1001) == "shop")
        #expect(try claim("blog", by: 1001) == "blog")
        #expect(try claim("default", by: 1001) == "refused")
        // A tied socket.
        #expect(try claim(nil, by: 1001, on: Self.shop) == "shop")
        #expect(try claim("shop", by: 1001, on: Self.shop) == "shop")
        #expect(try claim("blog", by: 1001, on: Self.shop) == "refused")
        // Root.
        #expect(try claim(nil, by: 0) == "default")
        for pool in ["default", "shop", "blog"] { #expect(try claim(pool, by: 0) == pool) }
        #expect(try claim("nowhere", by: 0) == "refused")
        #expect(try claim(nil, by: 0, on: Self.shop) == "shop")
        #expect(try claim("default", by: 0, on: Self.shop) == "refused")
    }

    @Test func refusalSaysWhatToDoAndNothingOfOtherPools() throws {
        func reason(_ claimed: String?, by user: UInt32, on socket: PoolName? = nil) throws -> String {
            guard case .granted(let grant) = try members().access(user: user, groups: [], socket: socket),
                case .refused(let reason) = grant.pool(claimed: claimed.flatMap { PoolName($0) })
            else { return "" }
            return reason
        }
        #expect(
            try reason(nil, by: 1001)
                == "this process may use several pools (blog, shop) and has to name one: set CLOAKROOM_POOL, or append ?pool=NAME "
                + "to session.save_path"
        )
        #expect(
            try reason("shop", by: 1002)
                == "this process may not use a pool named shop; see [pools] in the configuration"
        )
        #expect(
            try reason("nowhere", by: 1002)
                == "this process may not use a pool named nowhere; see [pools] in the configuration"
        )
        #expect(try reason("shop", by: 1001, on: Self.blog) == "this socket is that of the pool blog, and not of shop")
    }

    @Test func userOfTheBuiltInListBelongsToThePoolThatNamesHim() throws {
        let user = try UserDirectory.userID(of: "www-data", setting: "s")
        let group = try UserDirectory.groupID(of: "www-data", setting: "s")
        let byUser = try members("[pools.shop]\nunix_users = [\"www-data\"]")
        #expect(try pools(user, [group], of: byUser) == ["shop"])
        let byGroup = try members("[pools.shop]\nunix_groups = [\"www-data\"]")
        #expect(try pools(user, [group], of: byGroup) == ["shop"])
        #expect(try pools(user, [], of: byGroup) == ["default"])
        let other = try members("[pools.shop]\nunix_users = [1001]")
        #expect(try pools(user, [group], of: other) == ["default"])
        let explicit = try members("[server]\nusers = [\"www-data\"]\n[pools.shop]\nunix_users = [\"www-data\"]")
        #expect(try pools(user, [group], of: explicit) == ["default", "shop"])
    }

    @Test func usersWithoutPoolsAreRootTheDaemonsAndTheConfiguredOnes() throws {
        let members = try members("[server]\nusers = [\"daemon\", 4711]")
        #expect(members.missing == [])
        #expect(members.pools == [.standard])
        for user in [0, 1, 4711, geteuid()] { #expect(try pools(user, of: members) == ["default"]) }
        #expect(try pools(4712, of: members) == nil)
    }

    @Test func defaultUserThatIsMissingIsLeftOut() throws {
        var configuration = Configuration()
        configuration.server.users = ["no-such-user"]
        #expect(try PoolMembers(configuration).missing == ["no-such-user"])
    }

    @Test(
        arguments: [
            ("[server]\nusers = [\"no-such-user\"]", "server.users: there is no user"),
            ("[pools.shop]\nunix_users = [\"no-such-user\"]", "pools.shop.unix_users: there is no user"),
            ("[pools.shop]\nunix_groups = [\"no-such-user\"]", "pools.shop.unix_groups: there is no group"),
        ]
    )
    func configuredNameThatIsMissingIsAnError(_ text: String, _ message: String) throws {
        let configuration = try Configuration.load(text: text, file: "c")
        let error = #expect(throws: ConfigurationError.self) { try PoolMembers(configuration) }
        #expect(error?.message == "\(message) \"no-such-user\": create it, or name another")
    }
}
