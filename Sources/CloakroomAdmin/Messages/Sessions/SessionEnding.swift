// SPDX-License-Identifier: Apache-2.0

/// Which sessions are to end.
public struct SessionEnding: Equatable, Sendable {
    /// Which ones.
    public enum Selection: Equatable, Sendable {
        /// Those of these tags.
        case tags([String])
        /// Those of a user.
        case user(String)
        /// All.
        case all
    }

    /// One pool; `nil`: all.
    public let pool: String?
    /// Which ones.
    public let selection: Selection

    /// Selects sessions.
    public init(pool: String?, _ selection: Selection) {
        self.pool = pool
        self.selection = selection
    }

    init(_ fields: KeyedDecodingContainer<MessageField>) throws {
        try fields.expect(only: "request", "pool", "tags", "user", "all")
        pool = try fields.decodeIfPresent(String.self, forKey: "pool")
        let tags = try fields.decodeIfPresent([String].self, forKey: "tags")
        let user = try fields.decodeIfPresent(String.self, forKey: "user")
        let all = try fields.decodeIfPresent(Bool.self, forKey: "all")
        switch (tags, user, all) {
        case (let tags?, nil, nil): selection = .tags(tags)
        case (nil, let user?, nil): selection = .user(user)
        case (nil, nil, true?): selection = .all
        default: throw AdminError(.malformed, "a request to end sessions has one of \"tags\", \"user\" and \"all\"")
        }
    }

    func encode(into fields: inout KeyedEncodingContainer<MessageField>) throws {
        try fields.encodeIfPresent(pool, forKey: "pool")
        switch selection {
        case .tags(let tags): try fields.encode(tags, forKey: "tags")
        case .user(let user): try fields.encode(user, forKey: "user")
        case .all: try fields.encode(true, forKey: "all")
        }
    }

    var summary: String {
        switch selection {
        case .tags(let tags): tags.count == 1 ? tags[0] : "\(tags.count) sessions"
        case .user: "the sessions of a user"
        case .all: "all sessions"
        }
    }
}
