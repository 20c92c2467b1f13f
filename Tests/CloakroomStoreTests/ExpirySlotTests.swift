// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

@Suite("ExpirySlot")
struct ExpirySlotTests {
    /// Lifetimes in seconds, around the points where the grain changes.
    static let lifetimes: [UInt64] = [0, 1, 63, 64, 127, 128, 1440, 3839, 3840, 3841, 86_400, .max]

    private func grain(_ lifetime: UInt64) -> UInt64 { min(max(lifetime / 64, 1), 60) }

    @Test("is never before the deadline, and less than a grain after it", arguments: lifetimes)
    func isRoundedUp(lifetime: UInt64) {
        for deadline in stride(from: UInt64(1_700_000_000), to: 1_700_000_200, by: 1) {
            let slot = ExpirySlot(deadline: UnixTime(seconds: deadline), lifetime: lifetime).time.seconds
            #expect(slot >= deadline)
            #expect(slot - deadline < grain(lifetime))
            #expect(slot % grain(lifetime) == 0)
        }
    }

    @Test("is the same for all deadlines of one grain", arguments: lifetimes)
    func isSharedWithinAGrain(lifetime: UInt64) {
        let start: UInt64 = 1_700_000_040
        let deadlines = start..<(start + 120)
        let slots = Set(deadlines.map { ExpirySlot(deadline: UnixTime(seconds: $0), lifetime: lifetime) })
        #expect(UInt64(slots.count) <= 120 / grain(lifetime) + 2)
    }

    @Test("does not move back when the deadline moves on", arguments: lifetimes)
    func isMonotonic(lifetime: UInt64) {
        let slots = (UInt64(0)..<500).map { ExpirySlot(deadline: UnixTime(seconds: $0), lifetime: lifetime) }
        #expect(zip(slots, slots.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("stays the last representable time for the last deadline", arguments: lifetimes)
    func doesNotOverflow(lifetime: UInt64) {
        #expect(ExpirySlot(deadline: UnixTime(seconds: .max), lifetime: lifetime).time.seconds == .max)
    }
}
