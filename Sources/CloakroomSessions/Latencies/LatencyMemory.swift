// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The memory of all ``LatencySlot``s of a pool, 190 KiB that the kernel gives page by page when something is counted in them: those
/// for which there are no requests take none.
///
/// Sendable without a check, because it is atomics only.
final class LatencyMemory: @unchecked Sendable {
    private let start: UnsafeMutablePointer<Atomic<UInt32>>
    private let slots: Int

    /// Memory for so many slots.
    init(slots: Int) {
        self.slots = slots
        // calloc takes it from the kernel as zeros that are not there yet; an atomic of 0 is zeros.
        guard let memory = calloc(slots * LatencySlot.size, MemoryLayout<Atomic<UInt32>>.stride) else {
            fatalError("there is no memory for \(slots) histograms")
        }
        start = memory.bindMemory(to: Atomic<UInt32>.self, capacity: slots * LatencySlot.size)
    }

    deinit { free(start) }

    /// One of the slots.
    func slot(_ number: Int) -> LatencySlot {
        precondition((0..<slots).contains(number))
        return LatencySlot(start + number * LatencySlot.size)
    }
}
