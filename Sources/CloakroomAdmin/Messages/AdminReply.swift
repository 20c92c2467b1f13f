// SPDX-License-Identifier: Apache-2.0

/// What the daemon answers (`docs/admin-protocol.md`). A request is answered by any number of ``progress(_:)`` and of parts
/// of the answer, and one other reply, which is the last.
public enum AdminReply: Equatable, Sendable {
    /// Comes first on every connection, before anything is asked.
    case hello(DaemonGreeting)
    /// How far the work is.
    case progress(WorkStep)
    /// Where keys come from and which there are.
    case keyrings([KeyringSummary])
    /// What each key still seals.
    case keys([PoolKeys])
    /// How a rotation ended, or that it has begun.
    case rotation(RotationEnd)
    /// Whether there was a rotation to interrupt.
    case interrupted(Bool)
    /// What became of a key that was to be retired.
    case retirement(Retirement)
    /// What a reload changed.
    case reloaded(ReloadSummary)
    /// What became of sessions that were to be taken over, or what holds for them.
    case `import`(ImportReply)
    /// A pool, or the daemon, which comes last.
    case status(StatusReply)
    /// About sessions, locks and users.
    case sessions(SessionsReply)
    /// What was set aside. It is not the last reply: the daemon goes on with the request until the connection ends.
    case checkpoint(CheckpointSummary)
    /// It was not carried out.
    case error(AdminError)

    /// Whether nothing more comes for the request.
    public var isLast: Bool {
        switch self {
        case .progress, .checkpoint: false
        case .status(let part): part.isLast
        case .sessions(let reply): reply.isLast
        default: true
        }
    }
}

extension AdminReply: Codable {
    /// The name in the field `reply`.
    var name: String {
        switch self {
        case .hello: "hello"
        case .progress: "progress"
        case .keyrings: "keyrings"
        case .keys: "keys"
        case .rotation: "rotation"
        case .interrupted: "interrupted"
        case .retirement: "retirement"
        case .reloaded: "reloaded"
        case .import: "import"
        case .status: "status"
        case .sessions(let reply): reply.name
        case .checkpoint: "checkpoint"
        case .error: "error"
        }
    }

    /// Reads a reply.
    ///
    /// - Throws: ``AdminError`` for a reply that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        switch try fields.decode(String.self, forKey: "reply") {
        case let name where SessionsReply.names.contains(name):
            self = .sessions(try SessionsReply(name, fields, from: decoder))
        case "hello": self = .hello(try DaemonGreeting(from: decoder))
        case "progress": self = .progress(try WorkStep(from: decoder))
        case "keyrings": self = .keyrings(try fields.decode([KeyringSummary].self, forKey: "pools"))
        case "keys": self = .keys(try fields.decode([PoolKeys].self, forKey: "pools"))
        case "rotation": self = .rotation(try RotationEnd(from: decoder))
        case "interrupted": self = .interrupted(try fields.decode(Bool.self, forKey: "rotating"))
        case "retirement": self = .retirement(try Retirement(from: decoder))
        case "reloaded": self = .reloaded(try ReloadSummary(from: decoder))
        case "import": self = .import(try ImportReply(from: decoder))
        case "status": self = .status(try StatusReply(from: decoder))
        case "checkpoint": self = .checkpoint(try CheckpointSummary(from: decoder))
        case "error":
            let code = try fields.decode(AdminError.Code.self, forKey: "code")
            self = .error(AdminError(code, try fields.decode(String.self, forKey: "message")))
        case let other: throw AdminError(.malformed, "the daemon sent a reply \"\(other)\", which is not known")
        }
    }

    /// Writes the reply.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encode(name, forKey: "reply")
        switch self {
        case .hello(let greeting): try greeting.encode(to: encoder)
        case .progress(let step): try step.encode(to: encoder)
        case .keyrings(let pools): try fields.encode(pools, forKey: "pools")
        case .keys(let pools): try fields.encode(pools, forKey: "pools")
        case .rotation(let end): try end.encode(to: encoder)
        case .interrupted(let wasRotating): try fields.encode(wasRotating, forKey: "rotating")
        case .retirement(let retirement): try retirement.encode(to: encoder)
        case .reloaded(let summary): try summary.encode(to: encoder)
        case .import(let answer): try answer.encode(to: encoder)
        case .status(let part): try part.encode(to: encoder)
        case .sessions(let reply): try reply.encode(into: &fields, to: encoder)
        case .checkpoint(let summary): try summary.encode(to: encoder)
        case .error(let error):
            try fields.encode(error.code, forKey: "code")
            try fields.encode(error.message, forKey: "message")
        }
    }
}
