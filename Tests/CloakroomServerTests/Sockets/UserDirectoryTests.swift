// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomServer
import CloakroomSystem
import Testing

@Suite struct UserDirectoryTests {
    @Test func namesAndNumbersAreResolved() throws {
        #expect(try UserDirectory.userID(of: "root", setting: "s") == 0)
        #expect(try UserDirectory.userID(of: "daemon", setting: "s") == 1)
        #expect(try UserDirectory.userID(of: "12345", setting: "s") == 12_345)
        #expect(try UserDirectory.groupID(of: "root", setting: "s") == 0)
        #expect(try UserDirectory.groupID(of: "54321", setting: "s") == 54_321)
    }

    @Test(arguments: ["no-such-user", "", "-1", "+1", "4294967295", "4294967296"])
    func unknownNameSaysWhichSettingIsWrong(name: String) {
        let user = #expect(throws: ConfigurationError.self) {
            try UserDirectory.userID(of: name, setting: "server.socket_owner")
        }
        #expect(user?.code == .user)
        #expect(
            user?.message == "server.socket_owner: there is no user \"\(name)\": create it, or name another"
        )
        #expect(throws: ConfigurationError(.user, "")) { try UserDirectory.groupID(of: name, setting: "s") }
    }

    @Test func accessOfTheSocketComesFromTheConfiguration() throws {
        var server = Configuration().server
        #expect(try UnixSocketListener.Access(server) == .init(owner: nil, group: nil, mode: 0o660))
        server.socketOwner = "daemon"
        server.socketGroup = "root"
        server.socketMode = 0o600
        #expect(try UnixSocketListener.Access(server) == .init(owner: 1, group: 0, mode: 0o600))
        server.socketGroup = "no-such-group"
        let error = #expect(throws: ConfigurationError.self) { try UnixSocketListener.Access(server) }
        #expect(
            error?.message == "server.socket_group: there is no group \"no-such-group\": create it, or name another"
        )
    }
}
