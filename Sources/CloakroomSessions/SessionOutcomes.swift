// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

// What the rules answer. All of these are expected and must be switched on; only faults of the store and of the
// cryptographic layer are thrown.

/// Why a session's lock was not given.
public enum LockRefusal: Hashable, Sendable {
    /// Somebody else held it for the whole wait; who did at its end.
    case timedOut(LockHolder?)
    /// Too many requests wait for it already.
    case tooManyWaiters
    /// The client went away, or the daemon is stopping.
    case cancelled
}

/// Why there is no session to read.
public enum Absence: Hashable, Sendable {
    /// There is no record.
    case unknown
    /// It was not used for too long.
    case expired
    /// It has lived for as long as a session may.
    case tooOld
    /// Its id was replaced by another.
    case replaced
    /// It belongs to a browser in another network; the lock is not held.
    case otherAddress
    /// It belongs to another browser; the lock is not held.
    case otherAgent
    /// It was destroyed: while the request waited for its lock, or before, where that is remembered.
    case destroyed
    /// Its record does not authenticate; this was logged.
    case unreadable
}

/// The outcome of reading a session.
public enum ReadOutcome: Hashable, Sendable {
    /// Its version and contents.
    case found(version: UInt64, data: SessionData)
    /// There is no such session.
    case absent(Absence)
    /// The lock was not given, and nothing was read.
    case locked(LockRefusal)
}

/// The limit that keeps a pool from taking another session.
public enum PoolLimit: Hashable, Sendable {
    /// The number of sessions.
    case sessions(Int)
    /// The number of bytes of all sessions.
    case totalSize(Int)
}

/// The outcome of writing a session.
public enum WriteOutcome: Hashable, Sendable {
    /// Stored; the session's version now.
    case written(version: UInt64)
    /// Somebody else has written it since it was read; nothing was stored.
    case conflict
    /// It was destroyed or has expired since it was read; nothing was stored.
    case gone
    /// The data exceeds the limit; nothing was stored.
    case tooLarge
    /// The session would be a new one, and the pool is full; nothing was stored.
    case poolFull(PoolLimit)
    /// Its user would have more sessions than this many, which are allowed; nothing was stored.
    case tooManyOfUser(Int)
    /// The lock was not given; nothing was stored.
    case locked(LockRefusal)
}
