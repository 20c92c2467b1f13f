// SPDX-License-Identifier: Apache-2.0

/// How many unknown session ids a client may send, and what is done about more.
public struct GuessingLimits: Hashable, Sendable {
    /// The time for which ids are counted, to begin anew with the next.
    public static let window = Duration.seconds(60)
    /// The longest that an answer is delayed.
    public static let longestDelay = Duration.seconds(5)

    /// How many unknown ids a client may send in a minute; 0: any number.
    public var idsPerMinute: Int
    /// How many times as many it must exceed to be refused.
    public var refuseAfter: Int
    /// How long it is refused, from the end of that minute; zero: never.
    public var refuseFor: Duration

    /// Joins limits.
    public init(idsPerMinute: Int = 30, refuseAfter: Int = 10, refuseFor: Duration = .zero) {
        self.idsPerMinute = idsPerMinute
        self.refuseAfter = refuseAfter
        self.refuseFor = refuseFor
    }

    /// How long each answer above the rate is delayed: a client that waits for its answers gets no more than the rate.
    public var delay: Duration {
        idsPerMinute > 0 ? min(Self.window / idsPerMinute, Self.longestDelay) : .zero
    }

    /// The most unknown ids in a minute that do not have a client refused; `nil` when none is refused.
    public var mostBeforeRefusal: Int? {
        guard refuseFor > .zero else { return nil }
        let (count, overflow) = idsPerMinute.multipliedReportingOverflow(by: max(refuseAfter, 1))
        return overflow ? .max : count
    }
}
