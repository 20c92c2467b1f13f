// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// The outcome of taking over a session that another handler kept. Only ``adopted(version:)`` has stored anything.
public enum AdoptionOutcome: Hashable, Sendable {
    /// Stored, read back and compared; the session's version.
    case adopted(version: UInt64)
    /// There is a session of this id already: whether its contents are the same, and when it was used last.
    case exists(isEqual: Bool, lastSeen: UnixTime)
    /// There was a session of this id, and it is over: it expired here, its id was replaced, or it was destroyed just now.
    case ended
    /// By the rules of the pool its time is over.
    case expired
    /// The contents exceed the pool's limit, in bytes.
    case tooLarge(limit: Int)
    /// The pool is full.
    case poolFull(PoolLimit)
    /// Somebody has the session's lock: a request is about to make it, or has it.
    case locked
    /// There is a record of this id that does not authenticate; this was logged.
    case unreadable
}
