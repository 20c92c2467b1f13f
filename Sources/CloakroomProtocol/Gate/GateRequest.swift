// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import NIOCore

/// What the gate in front of PHP asks (`docs/gate-protocol.md`).
public enum GateRequest: Hashable, Sendable {
    /// Begins a connection; the highest version that the gate speaks.
    case hello(ProtocolVersion)
    /// Asks whether a session is alive, and its browser's.
    case check(Check)
    /// Asks how the daemon and its pools are, and which locks are held.
    case status

    /// The fields of CHECK.
    public struct Check: Hashable, Sendable {
        /// The pool that the session is in; `nil`: `default`.
        public var pool: PoolName?
        /// The session.
        public var session: SessionReference
        /// The browser that presents it.
        public var claims: ClientClaims
        /// Whether the check counts as a use of the session, so that it lives on.
        public var isActivity: Bool

        /// Joins the fields.
        public init(
            pool: PoolName? = nil,
            session: SessionReference,
            claims: ClientClaims = .none,
            isActivity: Bool = false
        ) {
            self.pool = pool
            self.session = session
            self.claims = claims
            self.isActivity = isActivity
        }
    }

    /// The first byte of a request's frame.
    enum Operation: UInt8 {
        case hello = 0x01
        case check = 0x02
        case status = 0x03
    }

    /// The bit of the flags byte of CHECK: it counts as a use of the session.
    static let activityFlag: UInt8 = 1
}

extension GateRequest {
    /// The version of the gate's protocol that is spoken here.
    public static let version = ProtocolVersion(rawValue: 1)

    /// The most bytes that a request's frame may have: five claims of 65,535 bytes, name and id of a session, and a pool.
    public static let maximumFrame = 5 * (2 + Int(UInt16.max)) + 1024

    /// Reads a request from a frame.
    ///
    /// - Throws: ``ProtocolError`` naming what is wrong with the frame.
    public init(frame: ByteBuffer) throws(ProtocolError) {
        var fields = FieldReader(frame)
        let code = try fields.integer(UInt8.self, "operation")
        guard let operation = Operation(rawValue: code) else {
            throw ProtocolError(.unknownOperation, "unknown operation \(code)")
        }
        switch operation {
        case .hello: self = .hello(ProtocolVersion(rawValue: try fields.integer(UInt16.self, "version")))
        case .check:
            let isActivity = try fields.flags(Self.activityFlag) != 0
            let pool = try fields.pool()
            let session = try fields.session()
            self = .check(
                Check(pool: pool, session: session, claims: try fields.claims(), isActivity: isActivity)
            )
        case .status: self = .status
        }
        try fields.finish()
    }

    /// Appends the request to a buffer, as one frame with its length.
    public func encode(into buffer: inout ByteBuffer) {
        buffer.writeFrame { buffer in
            switch self {
            case .hello(let version): buffer.writeMultipleIntegers(Operation.hello.rawValue, version.rawValue)
            case .check(let check):
                buffer.writeMultipleIntegers(Operation.check.rawValue, check.isActivity ? Self.activityFlag : 0)
                buffer.writePool(check.pool)
                buffer.writeSession(check.session)
                buffer.writeClaims(check.claims)
            case .status: buffer.writeInteger(Operation.status.rawValue)
            }
        }
    }
}
