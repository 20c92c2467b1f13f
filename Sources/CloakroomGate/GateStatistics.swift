// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts of what the gate has answered since it started.
public final class GateStatistics: Sendable {
    /// What is counted, in the order in which it is shown.
    public enum Event: Int, CaseIterable, Sendable {
        /// Requests that were let through.
        case admitted
        /// Requests answered with 401: there is no session that would do.
        case unauthorized
        /// Requests answered with 403.
        case forbidden
        /// Checks that the daemon has not answered in time, or not at all.
        case unanswered
        /// Of those, the ones that were let through, as `CLOAKROOM_ON_ERROR` has it.
        case admittedUnchecked
        /// Requests that the web server's configuration makes impossible to answer.
        case misconfigured
        /// Requests for `ping` and the status.
        case looks
        /// Connections that ended before a request was complete, or whose request was none.
        case broken
    }

    private let counters: [Counter] = Event.allCases.map { _ in Counter() }

    /// All counts at 0.
    public init() {}

    /// Adds one to a count, and to that of which it is a part.
    public func add(_ event: Event) {
        counters[event.rawValue].value.add(1, ordering: .relaxed)
        if event == .admittedUnchecked { add(.unanswered) }
    }

    /// The present value of a count.
    public subscript(_ event: Event) -> Int { counters[event.rawValue].value.load(ordering: .relaxed) }

    /// All counts by name.
    public var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: Event.allCases.map { ("\($0)", self[$0]) })
    }
}

/// A place for an atomic, which cannot be copied, in an array.
private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
