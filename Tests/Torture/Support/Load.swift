// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A count of what clients have had answered, by which a scenario knows how far they are.
final class Load: Sendable {
    private let answered = Atomic(0)
    private let isOver = Atomic(false)

    var count: Int { answered.load(ordering: .relaxed) }

    /// Whether the clients shall go on.
    var goesOn: Bool { !isOver.load(ordering: .relaxed) }

    /// Counts one more, or so many.
    func add(_ amount: Int = 1) { answered.add(amount, ordering: .relaxed) }

    /// Tells the clients to end.
    func end() { isOver.store(true, ordering: .relaxed) }

    /// Waits until so many more were answered.
    ///
    /// - Throws: what a client threw.
    func advance<Output>(by amount: Int, watching threads: Threads<Output>) throws {
        let goal = count + amount
        do {
            try wait(for: "\(amount) more requests to be answered") { count >= goal || threads.haveFailed }
        } catch {
            end()
            throw error
        }
        guard threads.haveFailed else { return }
        end()
        _ = try threads.outputs()
    }
}
