// SPDX-License-Identifier: Apache-2.0

/// What an administrator asks about sessions, locks and users.
public enum SessionsRequest: Equatable, Sendable {
    /// The sessions that meet a selection.
    case list(SessionSelection)
    /// All that is known of what a tag names, in one pool or in all.
    case show(pool: String?, tag: String)
    /// End sessions.
    case end(SessionEnding)
    /// Who has and who waits for which session, of one pool or of all; with `contended` only locks that somebody waits for.
    case locks(pool: String?, contended: Bool)
    /// The users that have at least so many sessions, of one pool or of all.
    case users(pool: String?, minimum: Int)
    /// Remove what has expired, of one pool or of all.
    case collect(pool: String?)
    /// Check all that is stored, of one pool or of all, and name at most so many findings.
    case verify(pool: String?, limit: Int)
}

extension SessionsRequest {
    static let names: Set<String> = ["sessions", "session", "end", "locks", "users", "gc", "verify"]

    /// The name in the field `request`.
    var name: String {
        switch self {
        case .list: "sessions"
        case .show: "session"
        case .end: "end"
        case .locks: "locks"
        case .users: "users"
        case .collect: "gc"
        case .verify: "verify"
        }
    }

    /// Reads the request of a name that is one of ``names``.
    init(_ name: String, _ fields: KeyedDecodingContainer<MessageField>) throws {
        let pool = try fields.decodeIfPresent(String.self, forKey: "pool")
        switch name {
        case "sessions": self = .list(try SessionSelection(fields))
        case "end": self = .end(try SessionEnding(fields))
        case "session":
            try fields.expect(only: "request", "pool", "tag")
            self = .show(pool: pool, tag: try fields.decode(String.self, forKey: "tag"))
        case "locks":
            try fields.expect(only: "request", "pool", "contended")
            self = .locks(pool: pool, contended: try fields.decode(Bool.self, forKey: "contended"))
        case "users":
            try fields.expect(only: "request", "pool", "minimum")
            self = .users(pool: pool, minimum: try fields.decode(Int.self, forKey: "minimum"))
        case "verify":
            try fields.expect(only: "request", "pool", "limit")
            self = .verify(pool: pool, limit: try fields.decode(Int.self, forKey: "limit"))
        default:
            try fields.expect(only: "request", "pool")
            self = .collect(pool: pool)
        }
    }

    /// Writes all fields but the name.
    func encode(into fields: inout KeyedEncodingContainer<MessageField>) throws {
        switch self {
        case .list(let selection): try selection.encode(into: &fields)
        case .end(let ending): try ending.encode(into: &fields)
        case .show(let pool, let tag):
            try fields.encodeIfPresent(pool, forKey: "pool")
            try fields.encode(tag, forKey: "tag")
        case .locks(let pool, let contended):
            try fields.encodeIfPresent(pool, forKey: "pool")
            try fields.encode(contended, forKey: "contended")
        case .users(let pool, let minimum):
            try fields.encodeIfPresent(pool, forKey: "pool")
            try fields.encode(minimum, forKey: "minimum")
        case .verify(let pool, let limit):
            try fields.encodeIfPresent(pool, forKey: "pool")
            try fields.encode(limit, forKey: "limit")
        case .collect(let pool): try fields.encodeIfPresent(pool, forKey: "pool")
        }
    }

    /// The request for the log. Users are not named there.
    public var summary: String {
        switch self {
        case .list(let selection): "sessions \(Self.name(selection.pool))"
        case .show(let pool, let tag): "session \(tag) \(Self.name(pool))"
        case .end(let ending): "end \(ending.summary) \(Self.name(ending.pool))"
        case .locks(let pool, _): "locks \(Self.name(pool))"
        case .users(let pool, _): "users \(Self.name(pool))"
        case .collect(let pool): "gc \(Self.name(pool))"
        case .verify(let pool, _): "verify \(Self.name(pool))"
        }
    }

    private static func name(_ pool: String?) -> String { pool.map { "of \($0)" } ?? "of all pools" }
}
