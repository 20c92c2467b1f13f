// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CloakroomSessions

@Suite struct LatencyHistoryTests {
    private static let second: UInt64 = 1_000_000_000
    private let history = LatencyHistory(LatencyMemory(slots: LatencyHistory.slots), first: 0)

    @Test func lastMinuteForgetsAndTheStartDoesNot() {
        let second = Self.second
        history.count(1000, now: 100 * second)
        history.count(5000, now: 105 * second)
        #expect(history.counts(now: 105 * second).lastMinute.count == 2)
        #expect(history.counts(now: 169 * second).lastMinute.count == 2)
        #expect(history.counts(now: 170 * second).lastMinute.count == 0)
        #expect(history.counts(now: 170 * second).lastMinute.maximum == 0)
        // Its slot comes again.
        history.count(700, now: 180 * second)
        history.count(900, now: 185 * second)
        let counts = history.counts(now: 185 * second)
        #expect(counts.lastMinute.count == 2)
        #expect(counts.lastMinute.maximum == 900)
        #expect(counts.sinceStart.count == 4)
        #expect(counts.sinceStart.maximum == 5000)
    }

    @Test func lastMinuteHasASlidingEnd() {
        for number in 0..<300 { history.count(1000, now: UInt64(number) * Self.second) }
        for now in [299, 305, 309] as [UInt64] {
            // The slot under way, as far as it is, and the six before it.
            #expect(history.counts(now: now * Self.second).lastMinute.count == (now < 300 ? 70 : 60))
        }
        #expect(history.counts(now: 309 * Self.second).sinceStart.count == 300)
    }

    @Test func idleHoursAreNotLookedAt() {
        history.count(1000, now: 100 * Self.second)
        let later = 1_000_000 * Self.second
        #expect(history.counts(now: later).lastMinute.count == 0)
        history.count(1000, now: later)
        #expect(history.counts(now: later).lastMinute.count == 1)
        #expect(history.counts(now: later).sinceStart.count == 2)
    }

    @Test func lateOneDoesNotTurnTheClockBack() {
        history.count(1000, now: 185 * Self.second)
        // Of the slot's turn before.
        history.count(1000, now: 105 * Self.second)
        #expect(history.counts(now: 185 * Self.second).sinceStart.count == 2)
    }

    @Test func nothingIsLostWhenManyCountWhileSlotsChange() {
        let (threads, number) = (4, 200_000)
        let history = history
        DispatchQueue.concurrentPerform(iterations: threads + 1) { thread in
            guard thread < threads else {
                // Whoever looks meanwhile sees no more than there is.
                for _ in 0..<200 { #expect(history.counts(now: 0).sinceStart.count <= UInt64(threads * number)) }
                return
            }
            // A slot changes after each ten, and what is moved is what others count at the time.
            for index in 0..<number { history.count(1000, now: UInt64(index) * Self.second) }
        }
        let counts = history.counts(now: UInt64(number) * Self.second)
        #expect(counts.sinceStart.count == UInt64(threads * number))
        #expect(counts.sinceStart.maximum == 1000)
    }
}
