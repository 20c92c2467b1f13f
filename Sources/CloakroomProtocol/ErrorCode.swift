// SPDX-License-Identifier: Apache-2.0

/// The code of an ERROR answer (`docs/protocol.md`). Codes from a newer peer survive as numbers.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    /// The code's number.
    public let rawValue: UInt16

    /// Takes a number, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The frame's fields are not what the operation takes.
    public static let malformed = ErrorCode(rawValue: 1)
    /// The frame is longer than the daemon takes.
    public static let frameTooLarge = ErrorCode(rawValue: 2)
    /// There is no such operation.
    public static let unknownOperation = ErrorCode(rawValue: 3)
    /// The first request was not HELLO.
    public static let helloRequired = ErrorCode(rawValue: 4)
    /// The daemon does not speak the client's version.
    public static let unsupportedVersion = ErrorCode(rawValue: 5)
    /// The session id has a form that PHP does not allow.
    public static let badSessionID = ErrorCode(rawValue: 6)
    /// Somebody else held the session for the whole wait.
    public static let lockTimedOut = ErrorCode(rawValue: 7)
    /// The queue for the session's lock is full.
    public static let tooManyWaiters = ErrorCode(rawValue: 8)
    /// Somebody else has written the session since it was read.
    public static let conflict = ErrorCode(rawValue: 9)
    /// The session was destroyed or has expired since it was read.
    public static let gone = ErrorCode(rawValue: 10)
    /// The session data exceeds the limit.
    public static let dataTooLarge = ErrorCode(rawValue: 11)
    /// The store cannot read or write.
    public static let storeFault = ErrorCode(rawValue: 12)
    /// The daemon is stopping.
    public static let shuttingDown = ErrorCode(rawValue: 13)
    /// The peer's user may not use the socket, or not the pool that it names.
    public static let refused = ErrorCode(rawValue: 14)
    /// A frame was begun and not completed in time.
    public static let frameTimedOut = ErrorCode(rawValue: 15)
    /// Something failed that should not.
    public static let internalFault = ErrorCode(rawValue: 16)
    /// The daemon, or the peer's user, has too many connections.
    public static let tooManyConnections = ErrorCode(rawValue: 17)
    /// The pool has as many sessions or bytes as it may; existing ones can be written.
    public static let poolFull = ErrorCode(rawValue: 18)
    /// The daemon holds too many bytes for the peer's user.
    public static let tooManyBytes = ErrorCode(rawValue: 19)
    /// The session's user has as many sessions as a user may have.
    public static let tooManyOfUser = ErrorCode(rawValue: 20)
    /// The browser's address has sent too many ids that no session has.
    public static let tooManyUnknownIDs = ErrorCode(rawValue: 21)
    /// The session belongs to no user, and none was named.
    public static let noUser = ErrorCode(rawValue: 22)
    /// There is no such pool; only the gate names pools that there may not be.
    public static let unknownPool = ErrorCode(rawValue: 23)

    /// Whether the daemon closes the connection after this error: where the stream cannot be trusted any more, or is
    /// not wanted.
    public var closesConnection: Bool {
        switch self {
        case .badSessionID, .lockTimedOut, .tooManyWaiters, .conflict, .gone, .dataTooLarge, .storeFault,
            .poolFull, .tooManyOfUser, .tooManyUnknownIDs, .noUser, .unknownPool:
            false
        default: true
        }
    }
}
