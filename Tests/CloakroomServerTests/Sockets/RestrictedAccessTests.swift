// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import Testing

@testable import CloakroomServer

@Suite struct RestrictedAccessTests {
    private let members: PoolMembers

    init() throws {
        members = try PoolMembers(try Configuration.load(text: "[server]\nusers = [47111]\n", file: "c"))
    }

    private func isAdmitted(_ user: UInt32, _ groups: Set<UInt32>, to socket: RestrictedSocket, own: UInt32) -> Bool {
        let access = RestrictedAccess(to: socket, group: 48_006, members: members, own: own)
        return access.verdict(user: user, groups: groups) == .admitted
    }

    @Test func ownUserOfTheDaemonMayBeTheGateAndNoAdministrator() {
        #expect(isAdmitted(990, [], to: .gate, own: 990))
        #expect(!isAdmitted(990, [], to: .admin, own: 990))
        #expect(!isAdmitted(991, [], to: .gate, own: 990))
        #expect(isAdmitted(991, [48_006], to: .gate, own: 990))
    }

    @Test func usersOfPHPAreNeitherEvenIfTheDaemonRunsAsOneOfThem() {
        for socket in [RestrictedSocket.admin, .gate] {
            #expect(!isAdmitted(47_111, [48_006], to: socket, own: 47_111))
            #expect(isAdmitted(0, [], to: socket, own: 47_111))
        }
    }
}
