// SPDX-License-Identifier: Apache-2.0

public import Logging
import Synchronization

/// Counts of what the daemon did since it started.
public final class SessionStatistics: Sendable {
    /// What is counted, in the order in which it is shown.
    public enum Event: Int, CaseIterable, Sendable {
        /// Sessions read and found.
        case found
        /// Reads of sessions that were not there.
        case absent
        /// Sessions made.
        case created
        /// Sessions taken over from another handler.
        case adopted
        /// Sessions written.
        case updated
        /// Writes that nobody waited for, carried out or not.
        case deferred
        /// Deferred writes that were refused or failed.
        case unwritten
        /// Sessions whose expiry was moved.
        case touched
        /// Sessions destroyed.
        case destroyed
        /// Expired sessions removed.
        case expired
        /// Writes refused, because somebody else had written or the session was gone.
        case conflicts
        /// New sessions refused, because the pool was full.
        case overLimit
        /// Requests that did not get a lock.
        case unlocked
        /// Records that did not authenticate.
        case unreadable
        /// Sessions refused to a browser that is not theirs.
        case rejected
        /// Uses of ids that had been replaced.
        case reused
        /// Requests refused because too many ids had come from their browser's address that no session has.
        case guessed
        /// Changes of the tokens by which users are known again.
        case remembered
        /// Checks that found a session, of which its browser may be admitted.
        case admitted
        /// Checks that found none that the browser may use.
        case turnedAway
    }

    private let counters: [Counter] = Event.allCases.map { _ in Counter() }

    /// All counts at 0.
    public init() {}

    /// Adds to a count.
    public func add(_ event: Event, _ number: Int = 1) {
        counters[event.rawValue].value.add(number, ordering: .relaxed)
    }

    /// The present value of a count.
    public subscript(_ event: Event) -> Int { counters[event.rawValue].value.load(ordering: .relaxed) }

    /// How many changes were made to the store.
    public var changes: Int {
        [Event.created, .adopted, .updated, .touched, .destroyed, .expired, .remembered].reduce(0) { $0 + self[$1] }
    }

    /// All counts by name.
    public var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: Event.allCases.map { ("\($0)", self[$0]) })
    }

    /// All counts, for a log line.
    public var metadata: Logger.Metadata {
        Dictionary(uniqueKeysWithValues: Event.allCases.map { ("\($0)", "\(self[$0])") })
    }

    /// All counts of some pools together as `name=value`, for a status line.
    public static func summary(of pools: [SessionStatistics]) -> String {
        Event.allCases.map { event in "\(event)=\(pools.reduce(0) { $0 + $1[event] })" }.joined(separator: " ")
    }
}

/// A place for an atomic, which cannot be copied, in an array.
private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
