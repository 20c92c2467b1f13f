// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomServer

@Suite struct LogLimitTests {
    private let now = ContinuousClock.now

    @Test func sameMessageIsLeftOutAfterABurstAndCountedNextTime() {
        let limit = LogLimit()
        let written = (0..<LogLimit.burst + 5).map { _ in limit.admit("refused", now: now).isWritten }
        #expect(written.filter(\.self).count == LogLimit.burst)
        #expect(limit.admit("another", now: now) == (true, 0))
        let later = now.advanced(by: LogLimit.interval)
        #expect(limit.admit("refused", now: later) == (true, 5))
        #expect(limit.admit("refused", now: later) == (true, 0))
    }

    @Test func manyDifferentMessagesAreAllWrittenAndForgotten() {
        let limit = LogLimit()
        for number in 0..<10_000 { #expect(limit.admit("message \(number)", now: now).isWritten) }
        let later = now.advanced(by: LogLimit.interval * 2)
        for _ in 0..<LogLimit.burst { #expect(limit.admit("refused", now: later).isWritten) }
        #expect(!limit.admit("refused", now: later).isWritten)
    }
}
