// SPDX-License-Identifier: Apache-2.0

/// What an administrator asks of the daemon (`docs/admin-protocol.md`).
public enum AdminRequest: Equatable, Sendable {
    /// Where keys come from and which there are, of one pool or of all.
    case keyrings(pool: String?)
    /// What each key still seals, of one pool or of all. It reads the whole store.
    case keys(pool: String?)
    /// Seal everything of a pool by its first key. With `wait`, progress comes, and the reply when it is done.
    case rotate(pool: String, wait: Bool)
    /// Interrupt that.
    case interrupt(pool: String)
    /// Take a key that nothing needs out of a pool's keyring.
    case retire(pool: String, key: String)
    /// Read configuration and keys again.
    case reload
    /// Take over sessions that another handler kept.
    case `import`(ImportRequest)
    /// How the daemon and its pools are.
    case status(StatusRequest)
    /// About sessions, locks and users.
    case sessions(SessionsRequest)
    /// Set aside what there is, for a backup, until the connection ends.
    case checkpoint(CheckpointRequest)
}

extension AdminRequest: Codable {
    /// The name in the field `request`.
    var name: String {
        switch self {
        case .keyrings: "keyrings"
        case .keys: "keys"
        case .rotate: "rotate"
        case .interrupt: "interrupt"
        case .retire: "retire"
        case .reload: "reload"
        case .import: "import"
        case .status: "status"
        case .sessions(let request): request.name
        case .checkpoint: "checkpoint"
        }
    }

    /// Reads a request.
    ///
    /// - Throws: ``AdminError`` for a request or a field that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        switch try fields.decode(String.self, forKey: "request") {
        case let name where SessionsRequest.names.contains(name):
            self = .sessions(try SessionsRequest(name, fields))
        case "keyrings":
            try fields.expect(only: "request", "pool")
            self = .keyrings(pool: try fields.decodeIfPresent(String.self, forKey: "pool"))
        case "keys":
            try fields.expect(only: "request", "pool")
            self = .keys(pool: try fields.decodeIfPresent(String.self, forKey: "pool"))
        case "rotate":
            try fields.expect(only: "request", "pool", "wait")
            self = .rotate(
                pool: try fields.decode(String.self, forKey: "pool"),
                wait: try fields.decode(Bool.self, forKey: "wait")
            )
        case "interrupt":
            try fields.expect(only: "request", "pool")
            self = .interrupt(pool: try fields.decode(String.self, forKey: "pool"))
        case "retire":
            try fields.expect(only: "request", "pool", "key")
            self = .retire(
                pool: try fields.decode(String.self, forKey: "pool"),
                key: try fields.decode(String.self, forKey: "key")
            )
        case "reload":
            try fields.expect(only: "request")
            self = .reload
        case "import": self = .import(try ImportRequest(from: decoder))
        case "status": self = .status(try StatusRequest(from: decoder))
        case "checkpoint": self = .checkpoint(try CheckpointRequest(from: decoder))
        case let other:
            throw AdminError(.unknownRequest, "the daemon knows no request \"\(other)\"")
        }
    }

    /// Writes the request.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encode(name, forKey: "request")
        switch self {
        case .keyrings(let pool), .keys(let pool): try fields.encodeIfPresent(pool, forKey: "pool")
        case .rotate(let pool, let wait):
            try fields.encode(pool, forKey: "pool")
            try fields.encode(wait, forKey: "wait")
        case .interrupt(let pool): try fields.encode(pool, forKey: "pool")
        case .retire(let pool, let key):
            try fields.encode(pool, forKey: "pool")
            try fields.encode(key, forKey: "key")
        case .reload: break
        case .import(let request): try request.encode(to: encoder)
        case .status(let status): try status.encode(to: encoder)
        case .sessions(let request): try request.encode(into: &fields)
        case .checkpoint(let request): try request.encode(to: encoder)
        }
    }
}
