// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Foundation

/// Requests that are sent all the time by threads of their own: tasks would take those of the tests.
final class GateLoad: Sendable {
    private let counts = Locked<[String: Int]>([:])
    private let isOver = Locked(false)
    private let group = DispatchGroup()

    /// Starts.
    ///
    /// - Parameter prepare: makes the request of the thread with that number. It answers under what the request is to be counted;
    ///   `nil` ends the thread.
    init(threads: Int, _ prepare: @escaping @Sendable (Int) throws -> () throws -> String?) {
        for number in 0..<threads {
            group.enter()
            Thread.detachNewThread { [self] in
                defer { group.leave() }
                do {
                    let request = try prepare(number)
                    while !isOver.withLock({ $0 }), let result = try request() { count(result) }
                } catch {
                    count("\(error)")
                }
            }
        }
    }

    /// Waits until the counts are so, for a minute at most; the caller looks at them afterwards.
    func await(_ condition: ([String: Int]) -> Bool) {
        let end = Date(timeIntervalSinceNow: 60)
        while !condition(counts.withLock { $0 }), Date.now < end { usleep(1_000) }
    }

    /// Ends it, and answers how often there was which result.
    func stop() -> [String: Int] {
        isOver.withLock { $0 = true }
        group.wait()
        return counts.withLock { $0 }
    }

    private func count(_ result: String) { counts.withLock { $0[result, default: 0] += 1 } }
}
