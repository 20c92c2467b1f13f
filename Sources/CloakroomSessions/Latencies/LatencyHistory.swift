// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Synchronization

/// How long requests of one kind took since the start and in the last minute.
///
/// A request is counted once, in the slot of its ten seconds, by one atomic addition (`docs/monitoring.md`). When the slot's turn comes
/// again, what it has goes to the sum of all earlier ones. Nothing is lost when many threads count while that happens; a request may then
/// count for ten seconds that are next to its own.
final class LatencyHistory: Sendable {
    /// The length of a slot, in nanoseconds.
    static let slotLength: UInt64 = 10_000_000_000
    /// How many full slots the last minute has, beside the one that is being filled.
    static let window: UInt64 = 6
    /// A power of two, and at least one more than the slots of the window and the present one, so that a slot that is to be summed up
    /// is never one that is counted in.
    static let slots = 8

    private final class Turn: Sendable {
        // The number of the ten seconds that the slot has, plus one; 0 before its first.
        let number = Atomic<UInt64>(0)
        // In nanoseconds.
        let maximum = Atomic<UInt64>(0)
    }

    private let memory: LatencyMemory
    private let counts: [LatencySlot]
    private let turns: [Turn]
    // Of all slots that were moved. Locked while a slot is moved.
    private let earlier = Locked(LatencyCounts())

    /// Counts in slots of `memory` from number `first` on.
    init(_ memory: LatencyMemory, first: Int) {
        self.memory = memory
        counts = (0..<Self.slots).map { memory.slot(first + $0) }
        turns = (0..<Self.slots).map { _ in Turn() }
    }

    /// Counts a request that ended at `now` and took `duration`, both in nanoseconds.
    @inline(__always)
    func count(_ duration: UInt64, now: UInt64) {
        let number = now / Self.slotLength + 1
        let index = Int(truncatingIfNeeded: number) & (Self.slots - 1)
        let turn = turns[index]
        if turn.number.load(ordering: .relaxed) != number { begin(number, index) }
        counts[index].count(duration)
        if duration > turn.maximum.load(ordering: .relaxed) { turn.maximum.max(duration, ordering: .relaxed) }
    }

    /// Gives a slot to the next ten seconds.
    @inline(never)
    private func begin(_ number: UInt64, _ index: Int) {
        earlier.withLock { earlier in
            let turn = turns[index]
            // Somebody else was quicker; or this thread is late, and counts for those that came after.
            guard turn.number.load(ordering: .relaxed) < number else { return }
            counts[index].move(to: &earlier)
            earlier.note(maximum: turn.maximum.exchange(0, ordering: .relaxed))
            turn.number.store(number, ordering: .relaxed)
        }
    }

    /// What was counted since the start and, of that, in the last 60 to 70 seconds before `now`, in nanoseconds.
    func counts(now: UInt64) -> (sinceStart: LatencyCounts, lastMinute: LatencyCounts) {
        earlier.withLock { earlier in
            var (all, recent) = (earlier, LatencyCounts())
            let present = now / Self.slotLength + 1
            for (index, turn) in turns.enumerated() {
                let number = turn.number.load(ordering: .relaxed)
                guard number > 0 else { continue }
                let maximum = turn.maximum.load(ordering: .relaxed)
                var own = LatencyCounts()
                counts[index].add(to: &own)
                own.note(maximum: maximum)
                all.add(own)
                if number + Self.window >= present { recent.add(own) }
            }
            return (all, recent)
        }
    }
}
