// SPDX-License-Identifier: Apache-2.0

/// What holds for the tokens by which a browser's user is known again without a session.
public struct RememberRules: Hashable, Sendable {
    /// For how long all tokens that come of one can be used, in seconds, counted from the first.
    public var lifetime: UInt64 = 2_592_000
    /// For how long a token that was used is taken for a request that was under way, in seconds.
    public var grace: UInt64 = 60

    /// The defaults.
    public init() {}
}
