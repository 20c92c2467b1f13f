// SPDX-License-Identifier: Apache-2.0

/// What is to be done about a client that has sent an unknown session id.
public enum GuessingVerdict: Hashable, Sendable {
    /// Nothing: everybody has an expired session at times.
    case fine
    /// It has sent more than it may, for the first time in a minute: to be logged, and the answer delayed.
    case reported(delay: Duration)
    /// It sends more still: the answer is to be delayed.
    case slowed(delay: Duration)
    /// It is to be refused until then; to be logged when it was not refused before.
    case refused(until: ContinuousClock.Instant, isNew: Bool)
}
