// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import NIOCore

/// What the daemon answers the gate (`docs/gate-protocol.md`).
public enum GateResponse: Hashable, Sendable {
    /// The answer to HELLO: the version that the daemon speaks, and its own.
    case hello(ProtocolVersion, daemon: String)
    /// The session can be used by that browser.
    case alive(Alive)
    /// It cannot.
    case notAlive(AbsenceReason)
    /// How the daemon is: JSON.
    case status([UInt8])
    /// The request was refused or failed.
    case error(ProtocolError)

    /// The fields of ALIVE. Times are in seconds.
    public struct Alive: Hashable, Sendable {
        /// How logs and tools name the session.
        public var tag: SessionTag
        /// How long ago it was made.
        public var age: UInt32
        /// How long ago it was last used.
        public var idle: UInt32
        /// How long it can be used still, if it is not used meanwhile.
        public var remaining: UInt32
        /// The user that it belongs to, and how long it has; `nil`: nobody that is known.
        public var user: User?

        /// A session's user.
        public struct User: Hashable, Sendable {
            /// What the application calls the user.
            public var name: UserName
            /// How long ago the session became the user's.
            public var age: UInt32

            /// Joins the fields.
            public init(name: UserName, age: UInt32) {
                self.name = name
                self.age = age
            }
        }

        /// Joins the fields.
        public init(tag: SessionTag, age: UInt32, idle: UInt32, remaining: UInt32, user: User? = nil) {
            self.tag = tag
            self.age = age
            self.idle = idle
            self.remaining = remaining
            self.user = user
        }
    }

    /// The first byte of an answer's frame.
    enum Operation: UInt8 {
        case hello = 0x81
        case alive = 0x82
        case notAlive = 0x83
        case status = 0x84
        case error = 0xff
    }

    /// The bit of the flags byte of ALIVE: the session belongs to a user, who follows.
    static let userFlag: UInt8 = 1
}

extension GateResponse {
    /// The most bytes that an answer's frame may have.
    public static let maximumFrame = 8 << 20

    /// Reads an answer from a frame.
    ///
    /// - Throws: ``ProtocolError`` naming what is wrong with the frame.
    public init(frame: ByteBuffer) throws(ProtocolError) {
        var fields = FieldReader(frame)
        let code = try fields.integer(UInt8.self, "operation")
        guard let operation = Operation(rawValue: code) else {
            throw ProtocolError(.unknownOperation, "unknown answer \(code)")
        }
        switch operation {
        case .hello:
            let version = ProtocolVersion(rawValue: try fields.integer(UInt16.self, "version"))
            self = .hello(version, daemon: try fields.shortText("daemon"))
        case .alive: self = .alive(try Self.alive(from: &fields))
        case .notAlive: self = .notAlive(AbsenceReason(rawValue: try fields.integer(UInt8.self, "reason")))
        case .status: self = .status(fields.remainder().bytes)
        case .error: self = .error(try fields.error())
        }
        try fields.finish()
    }

    private static func alive(from fields: inout FieldReader) throws(ProtocolError) -> Alive {
        let hasUser = try fields.flags(userFlag) != 0
        var alive = Alive(
            tag: try fields.tag(),
            age: try fields.integer(UInt32.self, "age"),
            idle: try fields.integer(UInt32.self, "idle"),
            remaining: try fields.integer(UInt32.self, "remaining")
        )
        if hasUser {
            let age = try fields.integer(UInt32.self, "identified")
            guard let name = try fields.user() else { throw ProtocolError(.malformed, "the name of the user is empty") }
            alive.user = Alive.User(name: name, age: age)
        }
        return alive
    }

    /// Appends the answer to a buffer, as one frame with its length.
    public func encode(into buffer: inout ByteBuffer) {
        buffer.writeFrame { buffer in
            switch self {
            case .hello(let version, let daemon):
                buffer.writeMultipleIntegers(Operation.hello.rawValue, version.rawValue)
                buffer.writeShortText(daemon)
            case .alive(let alive):
                buffer.writeMultipleIntegers(Operation.alive.rawValue, alive.user == nil ? 0 : Self.userFlag)
                buffer.writeTag(alive.tag)
                buffer.writeMultipleIntegers(alive.age, alive.idle, alive.remaining)
                if let user = alive.user {
                    buffer.writeInteger(user.age)
                    buffer.writeUser(user.name)
                }
            case .notAlive(let reason): buffer.writeMultipleIntegers(Operation.notAlive.rawValue, reason.rawValue)
            case .status(let json):
                buffer.writeInteger(Operation.status.rawValue)
                buffer.writeBytes(json)
            case .error(let error):
                buffer.writeInteger(Operation.error.rawValue)
                buffer.writeError(error)
            }
        }
    }
}
