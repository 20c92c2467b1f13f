// SPDX-License-Identifier: Apache-2.0

/// A session in a list. Times are in seconds.
public struct SessionRow: Equatable, Sendable, Codable {
    /// The pool.
    public let pool: String
    /// How the session is named: twelve hexadecimal digits that do not lead to the id.
    public let tag: String
    /// Whose it is, if that is known.
    public let user: String?
    /// How long ago the first one of its ids was made.
    public let age: UInt64
    /// How long ago it was used last.
    public let idle: UInt64
    /// When it ends if it is not used; `nil` when it has ended.
    public let endsIn: UInt64?
    /// Bytes of session data.
    public let size: UInt64
    /// The network that it was made from, if that is known.
    public let network: String?
    /// The browser that it was made by, if that is known.
    public let browser: String?
    /// Whether it can be used.
    public let state: SessionSelection.State

    /// Joins the fields.
    public init(
        pool: String,
        tag: String,
        user: String? = nil,
        age: UInt64,
        idle: UInt64,
        endsIn: UInt64? = nil,
        size: UInt64,
        network: String? = nil,
        browser: String? = nil,
        state: SessionSelection.State
    ) {
        self.pool = pool
        self.tag = tag
        self.user = user
        self.age = age
        self.idle = idle
        self.endsIn = endsIn
        self.size = size
        self.network = network
        self.browser = browser
        self.state = state
    }
}
