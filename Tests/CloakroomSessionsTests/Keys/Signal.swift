// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A number that tasks tell each other something by.
final class Signal: Sendable {
    private let number = Atomic<Int>(0)

    /// The number now.
    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    /// Adds one; answers the sum.
    @discardableResult
    func raise() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }
}
