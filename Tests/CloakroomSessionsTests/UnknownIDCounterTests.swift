// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomSessions
import Testing

@Suite struct UnknownIDCounterTests {
    private static let start = ContinuousClock.now
    private static let off = GuessingLimits(idsPerMinute: 3)
    private static let on = GuessingLimits(idsPerMinute: 3, refuseAfter: 2, refuseFor: .seconds(90))

    private static func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func counter<Client>(_ limits: GuessingLimits, capacity: Int = 100) -> UnknownIDCounter<Client> {
        UnknownIDCounter(limits, capacity: capacity, start: Self.start)
    }

    @Test func defaultsAreThirtyAMinuteAndNobodyIsRefused() {
        let limits = GuessingLimits()
        #expect(limits.idsPerMinute == 30)
        #expect(limits.delay == .seconds(2))
        #expect(limits.mostBeforeRefusal == nil)
        #expect(GuessingLimits(idsPerMinute: 1).delay == GuessingLimits.longestDelay)
        #expect(GuessingLimits(idsPerMinute: 30, refuseAfter: 10, refuseFor: .seconds(1)).mostBeforeRefusal == 300)
        #expect(GuessingLimits(idsPerMinute: .max, refuseAfter: 2, refuseFor: .seconds(1)).mostBeforeRefusal == .max)
    }

    @Test func clientAboveTheRateIsReportedOnceInAMinuteAndSlowed() {
        var counter: UnknownIDCounter<Int> = counter(Self.off)
        let delay = Self.off.delay
        for minute in 0..<3 {
            let now = Self.at(Double(minute) * 60 + 10)
            for _ in 0..<3 { #expect(counter.note(1, now: now) == .fine) }
            #expect(counter.note(1, now: now) == .reported(delay: delay))
            for _ in 0..<1000 { #expect(counter.note(1, now: now) == .slowed(delay: delay)) }
            #expect(counter.refusal(of: 1, now: now) == nil)
            #expect(counter.note(2, now: now) == .fine)
        }
    }

    @Test func rateOfZeroCountsNothing() {
        var counter: UnknownIDCounter<Int> = counter(GuessingLimits(idsPerMinute: 0, refuseFor: .seconds(60)))
        for _ in 0..<100 { #expect(counter.note(1, now: Self.start) == .fine) }
        #expect(counter.count == 0)
    }

    @Test func clientFarAboveTheRateIsRefusedForATime() {
        var counter: UnknownIDCounter<Int> = counter(Self.on)
        for _ in 0..<6 { _ = counter.note(1, now: Self.at(59)) }
        // The end of the minute, and 90 s.
        let until = Self.at(150)
        #expect(counter.note(1, now: Self.at(59)) == .refused(until: until, isNew: true))
        #expect(counter.note(1, now: Self.at(59)) == .refused(until: until, isNew: false))
        #expect(counter.note(1, now: Self.at(149)) == .refused(until: until, isNew: false))
        #expect(counter.refusal(of: 1, now: Self.at(149)) == until)
        #expect(counter.refusal(of: 2, now: Self.at(149)) == nil)
        #expect(counter.refusal(of: 1, now: until) == nil)
        // The one of 149 s counts in this minute.
        for _ in 0..<2 { #expect(counter.note(1, now: until) == .fine) }
        #expect(counter.note(1, now: until) == .reported(delay: Self.on.delay))
        // It lasts longer when it goes on as before.
        for _ in 0..<2 { _ = counter.note(1, now: until) }
        #expect(counter.note(1, now: until) == .refused(until: Self.at(270), isNew: true))
    }

    @Test func theOneWhoHasSentFewestIsForgottenFirst() {
        var counter: UnknownIDCounter<Int> = counter(Self.off, capacity: 3)
        for (client, count) in [(1, 4), (2, 2), (3, 3)] {
            for _ in 0..<count { _ = counter.note(client, now: Self.start) }
        }
        for newcomer in 100..<200 { #expect(counter.note(newcomer, now: Self.start) == .fine) }
        #expect(counter.count == 3)
        #expect(counter.note(1, now: Self.start) == .slowed(delay: Self.off.delay))
        #expect(counter.note(3, now: Self.start) == .reported(delay: Self.off.delay))
        // Forgotten by the first of them.
        for _ in 0..<3 { #expect(counter.note(2, now: Self.start) == .fine) }
    }

    @Test func thoseOfAnEarlierMinuteAreForgottenBeforeOthers() {
        var counter: UnknownIDCounter<Int> = counter(Self.off, capacity: 2)
        for _ in 0..<9 { _ = counter.note(1, now: Self.start) }
        _ = counter.note(2, now: Self.at(60))
        _ = counter.note(3, now: Self.at(60))
        for _ in 0..<2 { #expect(counter.note(2, now: Self.at(60)) == .fine) }
        #expect(counter.note(2, now: Self.at(60)) == .reported(delay: Self.off.delay))
    }

    @Test func whoIsRefusedIsNotForgottenAndNobodyElseIsRefusedForIt() {
        var counter: UnknownIDCounter<Int> = counter(Self.on, capacity: 4)
        for client in 0..<4 {
            for _ in 0..<7 { _ = counter.note(client, now: Self.start) }
        }
        for newcomer in 100..<200 { #expect(counter.note(newcomer, now: Self.at(1)) == .fine) }
        for client in 0..<4 { #expect(counter.refusal(of: client, now: Self.at(149)) == Self.at(150)) }
        // Once it is over, there is room again.
        for _ in 0..<3 { #expect(counter.note(100, now: Self.at(150)) == .fine) }
        #expect(counter.note(100, now: Self.at(150)) == .reported(delay: Self.on.delay))
        #expect(counter.count == 4)
    }

    /// However many addresses somebody has, and whatever he sends from them, the worst offender is known, as long as each of them
    /// has sent less.
    @Test func manyAddressesDoNotHideTheWorst() {
        var counter: UnknownIDCounter<Int> = counter(GuessingLimits(idsPerMinute: 10), capacity: 50)
        for _ in 0..<10 { _ = counter.note(-1, now: Self.start) }
        for _ in 0..<9 {
            for client in 0..<1000 { _ = counter.note(client, now: Self.start) }
        }
        #expect(counter.note(-1, now: Self.start) == .reported(delay: .seconds(5)))
    }

    @Test func longKeysAreKeys() {
        var counter: UnknownIDCounter<[UInt8]> = counter(Self.off)
        let client = [UInt8](repeating: 7, count: 18)
        for _ in 0..<3 { _ = counter.note(client, now: Self.start) }
        #expect(counter.note(client, now: Self.start) == .reported(delay: Self.off.delay))
        #expect(counter.note([UInt8](repeating: 7, count: 17), now: Self.start) == .fine)
    }

    @Test func watchCountsForAllThreads() async {
        let watch = GuessingWatch<Int>(GuessingLimits(idsPerMinute: 1, refuseAfter: 100, refuseFor: .seconds(600)))
        // A minute may end in between, so twice as many and one.
        await withTaskGroup { group in
            for _ in 0..<201 { group.addTask { _ = watch.note(1) } }
        }
        guard case .refused(_, isNew: false) = watch.note(1) else {
            Issue.record("not refused")
            return
        }
        #expect(watch.note(2) == .fine)
    }
}
