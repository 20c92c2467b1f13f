// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct SystemdWatchdogTests {
    @Test func intervalIsHalfOfTheLimit() throws {
        #expect(try SystemdWatchdog.interval(microseconds: "3000000", pid: nil, ownPID: 7) == .milliseconds(1500))
        #expect(try SystemdWatchdog.interval(microseconds: "3", pid: "7", ownPID: 7) == .nanoseconds(1500))
    }

    @Test func nobodyWatchesUsWithoutTheVariableOrForAnotherProcess() throws {
        #expect(try SystemdWatchdog.interval(microseconds: nil, pid: "7", ownPID: 7) == nil)
        #expect(try SystemdWatchdog.interval(microseconds: "3000000", pid: "8", ownPID: 7) == nil)
    }

    @Test(arguments: [("x", nil), ("0", nil), ("-1", nil), ("1", "x")] as [(String, String?)])
    func nonsenseIsRefused(microseconds: String, pid: String?) {
        #expect(throws: SystemdError(.environment, "")) {
            try SystemdWatchdog.interval(microseconds: microseconds, pid: pid, ownPID: 7)
        }
    }
}
