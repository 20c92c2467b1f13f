// SPDX-License-Identifier: Apache-2.0

/// Doubly linked lists of numbers 0, 1, 2, …, each of which is in one list or in none. All operations take constant time, and
/// only ``addSlot()`` takes memory.
struct SlotLists {
    // Circular: the first `count` nodes stand for the lists, and close them. A slot that is in no list is linked to itself.
    private var next: [Int32]
    private var previous: [Int32]
    private let count: Int

    /// So many empty lists.
    init(count: Int) {
        self.count = count
        next = (0..<Int32(count)).map(\.self)
        previous = next
    }

    /// Makes the next slot, in no list.
    mutating func addSlot() {
        let node = Int32(next.count)
        next.append(node)
        previous.append(node)
    }

    /// The first slot of a list.
    func first(of list: Int) -> Int? {
        let node = Int(next[list])
        return node == list ? nil : node - count
    }

    /// Takes a slot out of its list, if it is in one.
    mutating func remove(_ slot: Int) {
        let node = slot + count
        next[Int(previous[node])] = next[node]
        previous[Int(next[node])] = previous[node]
        next[node] = Int32(node)
        previous[node] = Int32(node)
    }

    /// Moves a slot to the end of a list.
    mutating func move(_ slot: Int, toEndOf list: Int) {
        remove(slot)
        let node = slot + count
        let last = Int(previous[list])
        next[last] = Int32(node)
        previous[node] = Int32(last)
        next[node] = Int32(list)
        previous[list] = Int32(node)
    }
}
