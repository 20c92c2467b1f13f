// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Calls `body` for each input, each on a thread of its own as clients block, and answers the results in order.
///
/// - Throws: the first error, once all have ended.
func inParallel<Input: Sendable, Output: Sendable>(
    _ inputs: [Input],
    _ body: @escaping @Sendable (Input) throws -> Output
) throws -> [Output] {
    try Threads(inputs, body).outputs()
}

/// Threads that are under way.
final class Threads<Output: Sendable>: Sendable {
    private let results: Mutex<[Int: Result<Output, any Error>]> = Mutex([:])
    private let group = DispatchGroup()

    /// Starts a thread for each input.
    init<Input: Sendable>(_ inputs: [Input], _ body: @escaping @Sendable (Input) throws -> Output) {
        for (index, input) in inputs.enumerated() {
            group.enter()
            Thread.detachNewThread { [self] in
                let result = Result { try body(input) }
                results.withLock { $0[index] = result }
                group.leave()
            }
        }
    }

    /// Whether any has ended with an error.
    var haveFailed: Bool {
        results.withLock { $0.values.contains { if case .failure = $0 { true } else { false } } }
    }

    /// Waits for all, and answers their results in order of the inputs.
    func outputs() throws -> [Output] {
        group.wait()
        let results = results.withLock { $0 }
        // A finding says more than the errors that follow from it.
        for case .failure(let error as Finding) in results.values { throw error }
        return try results.sorted { $0.key < $1.key }.map { try $0.value.get() }
    }
}
