// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

extension SessionService {
    /// Removes all that has expired, beside the removal in the background, at a pace that leaves requests their time.
    ///
    /// - Parameter pause: is called now and then, and ends it by throwing.
    /// - Returns: how far it came; what was removed in the background meanwhile is counted as well.
    /// - Throws: `StoreError`, `CancellationError`, and what `pause` throws.
    public func collectAll(
        pause: (CollectionProgress) async throws -> Void
    ) async throws -> CollectionProgress {
        try await sweeper.collectAll(pause: pause)
    }
}

extension SessionSweeper {
    private static let page = 4096

    func collectAll(pause: (CollectionProgress) async throws -> Void) async throws -> CollectionProgress {
        let before = records.statistics[.expired]
        var progress = CollectionProgress()
        progress.total = try await countDue()
        var sweep = Sweep()
        while !sweep.isComplete {
            try sweepBatch(&sweep, of: Self.collectBatch)
            progress.done = min(progress.done + Self.collectBatch, progress.total)
            progress.removed = records.statistics[.expired] - before
            try await pause(progress)
            try await WalkPace.pause()
        }
        progress.done = progress.total
        return progress
    }

    /// How many entries have come due.
    private func countDue() async throws -> Int {
        let now = records.clock.now()
        var count = 0
        var last: ExpiryEntry?
        while true {
            let page = try records.store.expiryEntries(after: last, limit: Self.page)
            let due = page.prefix { $0.slot.time <= now }
            count += due.count
            guard due.count == Self.page else { return count }
            last = due.last
            await Task.yield()
        }
    }
}
