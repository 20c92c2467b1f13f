// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

/// A part of the answer to a ``StatusRequest``: each pool, then the daemon. So the size of a message does not depend on the number of
/// pools.
public enum StatusReply: Equatable, Sendable {
    /// How a pool is.
    case pool(PoolStatus)
    /// How the daemon is; comes last.
    case daemon(DaemonStatus)

    /// Whether nothing comes after it.
    public var isLast: Bool { if case .daemon = self { true } else { false } }
}

extension StatusReply: Codable {
    /// Reads a part.
    ///
    /// - Throws: ``AdminError`` for one that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        switch try fields.decode(String.self, forKey: "part") {
        case "pool": self = .pool(try PoolStatus(from: decoder))
        case "daemon": self = .daemon(try DaemonStatus(from: decoder))
        case let other: throw AdminError(.malformed, "the daemon sent a status of \"\(other)\", which is not known")
        }
    }

    /// Writes the part.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        switch self {
        case .pool(let status):
            try fields.encode("pool", forKey: "part")
            try status.encode(to: encoder)
        case .daemon(let status):
            try fields.encode("daemon", forKey: "part")
            try status.encode(to: encoder)
        }
    }
}
