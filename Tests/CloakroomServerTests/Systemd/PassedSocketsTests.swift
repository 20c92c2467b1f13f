// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct PassedSocketsTests {
    private func names(_ list: String?, _ count: String, pid: String = "7") throws -> [String] {
        try PassedSockets(pid: pid, count: count, names: list, ownPID: 7)
            .resolved(known: ["php", "admin"], defaultName: "php").map { "\($0.name)=\($0.descriptor)" }
    }

    @Test func socketsAreToldApartByNameInAnyOrder() throws {
        #expect(try names("php:admin", "2") == ["php=3", "admin=4"])
        #expect(try names("admin:php", "2") == ["admin=3", "php=4"])
        #expect(try names("php:php", "2") == ["php=3", "php=4"])
    }

    @Test(arguments: [nil, "unknown", "", "cloakroomd.socket", "php"])
    func singleSocketWithoutANameIsPHPs(name: String?) throws {
        #expect(try names(name, "1") == ["php=3"])
    }

    @Test(arguments: [("ghost", "1"), ("php:ghost", "2"), ("ghost:php", "2")])
    func unknownNameIsNamed(list: String, count: String) {
        let error = #expect(throws: SystemdError.self) { try names(list, count) }
        #expect(error?.code == .socket)
        #expect(
            error?.message
                == "systemd passes a socket named \"ghost\", which is not known: set one of FileDescriptorName=admin, "
                + "FileDescriptorName=php in its socket unit"
        )
    }

    @Test func severalSocketsWithoutNamesAreRefused() {
        #expect(throws: SystemdError(.socket, "")) { try names(nil, "2") }
        #expect(throws: SystemdError(.socket, "")) { try names("a.socket:b.socket", "2") }
    }

    @Test func socketsOfAnotherProcessAreNotOurs() throws {
        #expect(try names("php", "1", pid: "8") == [])
    }

    @Test func nothingIsPassedWithoutTheVariables() throws {
        #expect(try PassedSockets(pid: nil, count: "1", names: nil, ownPID: 7).entries == [])
        #expect(try PassedSockets(pid: "7", count: nil, names: nil, ownPID: 7).entries == [])
        #expect(try names(nil, "0") == [])
    }

    @Test(arguments: ["", "x", "-1", "1025", "2147483648", "1 "])
    func nonsensicalCountIsRefused(count: String) {
        #expect(throws: SystemdError(.environment, "")) { try names(nil, count) }
    }

    @Test(arguments: ["", "x", "-7", "0"])
    func nonsensicalProcessIsRefused(pid: String) {
        #expect(throws: SystemdError(.environment, "")) { try names("php", "1", pid: pid) }
    }

    @Test func numberOfNamesMustFit() {
        #expect(throws: SystemdError(.environment, "")) { try names("php:admin", "1") }
        #expect(throws: SystemdError(.environment, "")) { try names("php", "2") }
    }
}
