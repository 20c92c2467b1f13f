// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct PeerCredentialsTests {
    /// The credentials of a process that called socketpair(2) with these groups.
    private func peer(withGroups: Bool) throws -> PeerCredentials {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for descriptor in pair { _ = close(descriptor) } }
        return try PeerCredentials(of: pair[0], withGroups: withGroups)
    }

    @Test func userProcessAndGroupAreTheCallers() throws {
        let peer = try peer(withGroups: false)
        #expect(peer.uid == geteuid())
        #expect(peer.pid == getpid())
        #expect(peer.groups == [getegid()])
    }

    @Test(arguments: [0, 1, 31, 32, 33, 1000])
    func allSupplementaryGroupsAreThere(count: Int) async {
        await #expect(processExitsWith: .success) { [count] in
            let groups = (0..<count).map { UInt32(5000 + $0) }
            #expect(setgroups(groups.count, groups) == 0)
            var pair: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            let peer = try PeerCredentials(of: pair[0], withGroups: true)
            #expect(peer.groups == Set(groups).union([getegid()]))
        }
    }

    @Test func descriptorThatIsNoSocketIsAnError() {
        #expect(throws: SocketError(.system, "")) { try PeerCredentials(of: -1, withGroups: true) }
    }
}
