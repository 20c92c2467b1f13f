// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The requests of one kind in one stretch of ten seconds: counts by ``LatencyScale``, which any number of threads may raise at the
/// same time.
///
/// Sendable without a check, because the memory behind it is atomics only and lives as long as its ``LatencyMemory``.
struct LatencySlot: @unchecked Sendable {
    /// How many atomics of 32 bits it takes.
    static let size = LatencyScale.buckets

    private let counts: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ counts: UnsafeMutablePointer<Atomic<UInt32>>) { self.counts = counts }

    /// Counts a duration.
    @inline(__always)
    func count(_ nanoseconds: UInt64) {
        counts[LatencyScale.bucket(of: nanoseconds)].add(1, ordering: .relaxed)
    }

    /// Adds what is counted to `sum`.
    func add(to sum: inout LatencyCounts) {
        for bucket in 0..<Self.size {
            let number = counts[bucket].load(ordering: .relaxed)
            if number > 0 { sum.add(UInt64(number), bucket: bucket) }
        }
    }

    /// Moves what is counted to `sum`. What others count meanwhile is moved or stays.
    func move(to sum: inout LatencyCounts) {
        // Mostly zeros, in pages that nobody has written and that take no memory.
        for bucket in 0..<Self.size where counts[bucket].load(ordering: .relaxed) > 0 {
            sum.add(UInt64(counts[bucket].exchange(0, ordering: .relaxed)), bucket: bucket)
        }
    }
}
