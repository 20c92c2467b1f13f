// SPDX-License-Identifier: Apache-2.0

/// What became of a session that was to be taken over. The texts are part of the protocol.
public enum ImportOutcome: String, CaseIterable, Equatable, Sendable, Codable {
    /// It is sealed, was read back, and is on disk.
    case adopted
    /// It would be adopted.
    case adoptable
    /// There is a session of that id with the same contents, on disk.
    case equal
    /// There is a session of that id with other contents that was used since, on disk.
    case newer
    /// There is a session of that id with other contents that was not used since.
    case different
    /// There was a session of that id, and it is over.
    case ended
    /// By the rules of the pool its time is over.
    case expired
    /// It is larger than a session of the pool may be.
    case tooLarge = "too large"
    /// The pool has no room for it.
    case poolFull = "pool full"
    /// A request has the session of that id.
    case locked
    /// There is a record of that id, and it does not authenticate.
    case unreadable
    /// The name or the id is none that PHP would take.
    case invalid

    /// Whether what it was copied from is not needed any more.
    public var isKept: Bool {
        switch self {
        case .adopted, .equal, .newer: true
        case .adoptable, .different, .ended, .expired, .tooLarge, .poolFull, .locked, .unreadable, .invalid: false
        }
    }
}
