// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Testing

@testable import CloakroomSessions

@Suite struct SlotListsTests {
    @Test func isInTheOrderOfMoving() {
        var lists = SlotLists(count: 2)
        for _ in 0..<4 { lists.addSlot() }
        #expect(lists.first(of: 0) == nil)
        for slot in [2, 0, 3] { lists.move(slot, toEndOf: 0) }
        lists.move(2, toEndOf: 0)
        lists.move(1, toEndOf: 1)
        #expect(drain(&lists, 0) == [0, 3, 2])
        #expect(drain(&lists, 1) == [1])
        // One that is in no list.
        lists.remove(1)
        #expect(lists.first(of: 1) == nil)
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func isAsArrays(_ seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        var lists = SlotLists(count: 3)
        var model: [[Int]] = [[], [], []]
        for _ in 0..<30 { lists.addSlot() }
        for _ in 0..<2000 {
            let slot = Int.random(in: 0..<30, using: &numbers)
            for list in 0..<3 { model[list].removeAll { $0 == slot } }
            if Int.random(in: 0..<4, using: &numbers) == 0 {
                lists.remove(slot)
            } else {
                let list = Int.random(in: 0..<3, using: &numbers)
                lists.move(slot, toEndOf: list)
                model[list].append(slot)
            }
            #expect((0..<3).map { lists.first(of: $0) } == model.map(\.first), "seed \(seed)")
        }
        #expect((0..<3).map { drain(&lists, $0) } == model, "seed \(seed)")
    }

    private func drain(_ lists: inout SlotLists, _ list: Int) -> [Int] {
        var slots: [Int] = []
        while let slot = lists.first(of: list) {
            slots.append(slot)
            lists.remove(slot)
        }
        return slots
    }
}
