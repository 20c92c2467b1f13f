// SPDX-License-Identifier: Apache-2.0

/// Which sessions are to be shown. What is `nil` does not matter. Times are in seconds.
public struct SessionSelection: Equatable, Sendable {
    /// Whether they can be used.
    public enum State: String, Equatable, Sendable, Codable, CaseIterable {
        /// They can.
        case live
        /// Their ids were replaced.
        case replaced
        /// Their time is over.
        case expired
        /// They were destroyed, and that is remembered.
        case ended
    }

    /// One pool; `nil`: all.
    public var pool: String?
    /// Whose they are.
    public var user: String?
    /// At least how old they are.
    public var age: UInt64?
    /// At least for how long they were not used.
    public var idle: UInt64?
    /// A network that the one they were made from lies in, or contains, such as `192.0.2.0/24`.
    public var network: String?
    /// What the text of their browser has in it, whatever the case.
    public var browser: String?
    /// Whether they can be used.
    public var state: State?
    /// The greatest number to be shown.
    public var limit: Int?

    /// All sessions.
    public init() {}

    init(_ fields: KeyedDecodingContainer<MessageField>) throws {
        try fields.expect(
            only: "request",
            "pool",
            "user",
            "age",
            "idle",
            "network",
            "browser",
            "state",
            "limit"
        )
        pool = try fields.decodeIfPresent(String.self, forKey: "pool")
        user = try fields.decodeIfPresent(String.self, forKey: "user")
        age = try fields.decodeIfPresent(UInt64.self, forKey: "age")
        idle = try fields.decodeIfPresent(UInt64.self, forKey: "idle")
        network = try fields.decodeIfPresent(String.self, forKey: "network")
        browser = try fields.decodeIfPresent(String.self, forKey: "browser")
        state = try fields.decodeIfPresent(State.self, forKey: "state")
        limit = try fields.decodeIfPresent(Int.self, forKey: "limit")
    }

    func encode(into fields: inout KeyedEncodingContainer<MessageField>) throws {
        try fields.encodeIfPresent(pool, forKey: "pool")
        try fields.encodeIfPresent(user, forKey: "user")
        try fields.encodeIfPresent(age, forKey: "age")
        try fields.encodeIfPresent(idle, forKey: "idle")
        try fields.encodeIfPresent(network, forKey: "network")
        try fields.encodeIfPresent(browser, forKey: "browser")
        try fields.encodeIfPresent(state, forKey: "state")
        try fields.encodeIfPresent(limit, forKey: "limit")
    }
}
