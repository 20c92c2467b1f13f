// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomSessions
import Testing

/// What a counter does with random histories, compared with what is easily seen to be right.
@Suite struct UnknownIDHistoryTests {
    private struct Event {
        let client: Int
        let time: ContinuousClock.Instant
    }

    /// All that was sent, kept for ever: what each client is told if there is room for all.
    private struct Model {
        let limits: GuessingLimits
        var sent: [Int: [Int: Int]] = [:]
        var refusals: [Int: ContinuousClock.Instant] = [:]

        mutating func note(_ event: Event) -> GuessingVerdict {
            let minute = Int(UnknownIDHistoryTests.start.duration(to: event.time) / .seconds(60))
            let count = (sent[event.client]?[minute] ?? 0) + 1
            sent[event.client, default: [:]][minute] = count
            let before = refusals[event.client].flatMap { $0 > event.time ? $0 : nil }
            if let most = limits.mostBeforeRefusal, count > most {
                let end = UnknownIDHistoryTests.start.advanced(by: .seconds(60) * (minute + 1) + limits.refuseFor)
                refusals[event.client] = end
                return .refused(until: end, isNew: before == nil)
            }
            if let before { return .refused(until: before, isNew: false) }
            if count <= limits.idsPerMinute { return .fine }
            return count == limits.idsPerMinute + 1 ? .reported(delay: limits.delay) : .slowed(delay: limits.delay)
        }
    }

    private static let start = ContinuousClock.now

    private static let limits = [
        GuessingLimits(idsPerMinute: 3),
        GuessingLimits(idsPerMinute: 4, refuseAfter: 2, refuseFor: .seconds(30)),
        GuessingLimits(idsPerMinute: 2, refuseAfter: 1, refuseFor: .seconds(200)),
        GuessingLimits(idsPerMinute: 5, refuseAfter: 3, refuseFor: .milliseconds(1)),
    ]

    /// A history over some ten minutes, in which some clients send much more than others.
    private func history(clients: Int, _ numbers: inout SeededGenerator) -> [Event] {
        var time = Self.start
        return (0..<3000).map { _ in
            time = time.advanced(by: .milliseconds(Int.random(in: 0...400, using: &numbers)))
            let client = min(Int.random(in: 0..<clients, using: &numbers), Int.random(in: 0..<clients, using: &numbers))
            return Event(client: client, time: time)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func isAsTheModelWhenThereIsRoom(_ seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        for limits in Self.limits {
            var counter = UnknownIDCounter<Int>(limits, capacity: 40, start: Self.start)
            var model = Model(limits: limits)
            for event in history(clients: 40, &numbers) {
                let (verdict, right) = (counter.note(event.client, now: event.time), model.note(event))
                guard check(verdict == right, "seed \(seed), \(limits): \(verdict), not \(right)") else { return }
            }
        }
    }

    /// As `#expect`, which takes some milliseconds for a thousand events.
    private func check(_ condition: Bool, _ comment: @autoclosure () -> Comment) -> Bool {
        if !condition { Issue.record(comment()) }
        return condition
    }

    /// Nobody can have anybody else slowed or refused, nor for longer.
    @Test(arguments: 0..<20 as Range<UInt64>) func nobodyIsTreatedWorseThanIfHeWereAlone(_ seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        for limits in Self.limits {
            let capacity = Int.random(in: 1...20, using: &numbers)
            var counter = UnknownIDCounter<Int>(limits, capacity: capacity, start: Self.start)
            var alone = Model(limits: limits)
            for event in history(clients: 60, &numbers) {
                let verdict = counter.note(event.client, now: event.time)
                let isWorse = severity(verdict) > severity(alone.note(event))
                let other = Int.random(in: 0..<60, using: &numbers)
                let until = counter.refusal(of: other, now: event.time)
                let isRight = until.map { until in alone.refusals[other].map { until <= $0 } == true } ?? true
                let isGood = !isWorse && isRight && counter.count <= capacity
                guard check(isGood, "seed \(seed), \(limits), \(capacity): \(verdict)") else { return }
            }
        }
    }

    /// What a verdict means for a client, from bad to worse: how much of the future it spoils.
    private func severity(_ verdict: GuessingVerdict) -> Duration {
        switch verdict {
        case .fine: .zero
        case .reported, .slowed: .nanoseconds(1)
        case .refused(let until, _): Self.start.duration(to: until)
        }
    }

    /// When there is no room, the one is forgotten of whom least is known, as found by looking at all of them.
    @Test(arguments: 0..<20 as Range<UInt64>) func forgetsAsTheModelThatLooksAtAll(_ seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        for limits in Self.limits {
            let capacity = Int.random(in: 1...12, using: &numbers)
            var counter = UnknownIDCounter<Int>(limits, capacity: capacity, start: Self.start)
            var model = ForgetfulModel(limits: limits, capacity: capacity)
            for event in history(clients: 30, &numbers) {
                let (verdict, right) = (counter.note(event.client, now: event.time), model.note(event))
                guard check(verdict == right, "seed \(seed), \(limits), \(capacity): \(verdict), not \(right)") else {
                    return
                }
            }
        }
    }

    private struct ForgetfulModel {
        struct Known {
            var minute: Int
            var count = 0
            var changed: Int
            var began: Int
            var refusedUntil: ContinuousClock.Instant?
            var refused = 0
        }

        let limits: GuessingLimits
        let capacity: Int
        var known: [Int: Known] = [:]
        var steps = 0

        mutating func note(_ event: Event) -> GuessingVerdict {
            steps += 1
            let minute = Int(UnknownIDHistoryTests.start.duration(to: event.time) / .seconds(60))
            if known[event.client] == nil {
                if known.count == capacity {
                    guard let victim = victim(minute, event.time) else { return .fine }
                    known[victim] = nil
                }
                known[event.client] = Known(minute: minute, changed: steps, began: steps)
            }
            guard var one = known[event.client] else { return .fine }
            defer { known[event.client] = one }
            if one.minute != minute {
                one.minute = minute
                one.count = 0
                one.began = steps
            }
            if let until = one.refusedUntil, until <= event.time {
                one.refusedUntil = nil
                one.began = steps
            }
            one.count += 1
            one.changed = steps
            if let most = limits.mostBeforeRefusal, one.count > most {
                let until = UnknownIDHistoryTests.start.advanced(by: .seconds(60) * (minute + 1) + limits.refuseFor)
                let isNew = one.refusedUntil == nil
                one.refusedUntil = until
                one.refused = steps
                return .refused(until: until, isNew: isNew)
            }
            if let until = one.refusedUntil, until > event.time { return .refused(until: until, isNew: false) }
            if one.count <= limits.idsPerMinute { return .fine }
            return one.count == limits.idsPerMinute + 1 ? .reported(delay: limits.delay) : .slowed(delay: limits.delay)
        }

        func victim(_ minute: Int, _ now: ContinuousClock.Instant) -> Int? {
            let counted = known.filter { $0.value.refusedUntil == nil }
            if let old = counted.filter({ $0.value.minute < minute }).min(by: { $0.value.began < $1.value.began }) {
                return old.key
            }
            let served = known.filter { $0.value.refusedUntil.map { $0 <= now } == true }
            if let old = served.min(by: { $0.value.refused < $1.value.refused }) { return old.key }
            return counted.min { ($0.value.count, $0.value.changed) < ($1.value.count, $1.value.changed) }?.key
        }
    }
}
