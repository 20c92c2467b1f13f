// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct SystemdNotifierTests {
    @Test func statesAreSentInOneMessage() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        let manager = try TestSocket(SOCK_DGRAM, boundTo: UnixSocketAddress(path: path))
        let notifier = try SystemdNotifier(socket: path)
        try notifier.notify(.ready, .status("serving"))
        #expect(manager.receive() == "READY=1\nSTATUS=serving")
        try notifier.notify(.watchdog)
        #expect(manager.receive() == "WATCHDOG=1")
        try notifier.notify(.stopping)
        #expect(manager.receive() == "STOPPING=1")
    }

    @Test func abstractSocketIsReached() throws {
        let name = "@cloakroom-test-\(UUID().uuidString)"
        let manager = try TestSocket(SOCK_DGRAM, boundTo: UnixSocketAddress(notifySocket: name))
        try SystemdNotifier(socket: name).notify(.ready)
        #expect(manager.receive() == "READY=1")
    }

    @Test func statusStaysOneLine() {
        #expect(SystemdNotifier.State.status("a\nREADY=1\r\nb\u{2028}c\0d").line == "STATUS=a READY=1 b c d")
    }

    @Test(arguments: ["", "relative", "@", "vsock:2:1234", "/" + String(repeating: "x", count: 107)])
    func addressThatIsNotAUnixSocketIsRefused(address: String) {
        #expect(throws: SystemdError(.environment, "")) { try SystemdNotifier(socket: address) }
    }

    @Test func managerThatIsAwayIsReported() throws {
        let notifier = try SystemdNotifier(socket: "/nonexistent/notify")
        let error = #expect(throws: SystemdError.self) { try notifier.notify(.ready) }
        #expect(error?.code == .notification)
        #expect(error?.message == "the service manager could not be notified: No such file or directory")
    }
}
