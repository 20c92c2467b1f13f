// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@testable import CloakroomSessions

@Suite struct LockSummaryTests {
    private let now = ContinuousClock.now

    private func address(_ byte: UInt8) throws -> SessionAddress {
        try #require(SessionAddress([UInt8](repeating: byte, count: 32)))
    }

    @Test func oldestLocksAreFound() throws {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        #expect(table.summary(now: now).held == 0)
        #expect(table.summary(now: now).oldest == nil)
        // The lock of session 2 is the oldest; the oldest that somebody waits for is that of session 3.
        for (byte, age) in [(1, 10), (2, 90), (3, 50), (4, 20)] as [(UInt8, Int)] {
            let ticket = table.makeTicket(try address(byte))
            let client = LockClient(pid: Int32(byte), label: .none)
            #expect(table.claim(ticket, by: client, now: now - .seconds(age)) == .granted)
        }
        for byte in [3, 3, 4] as [UInt8] {
            let ticket = table.makeTicket(try address(byte))
            #expect(table.claim(ticket, by: LockClient(pid: 9, label: .none), now: now) == .queued)
        }
        let summary = table.summary(now: now)
        #expect(summary.held == 4)
        #expect(summary.waiting == 3)
        #expect(summary.oldest?.address == (try address(2)))
        #expect(summary.oldest?.holder.duration == .seconds(90))
        #expect(summary.oldestContended?.address == (try address(3)))
        #expect(summary.oldestContended?.waiters.count == 2)
        #expect(summary.oldestContended?.holder.client.pid == 3)
    }
}
