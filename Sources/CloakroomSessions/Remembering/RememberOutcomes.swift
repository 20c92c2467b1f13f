// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// A token for a browser to keep.
public struct IssuedToken: Hashable, Sendable {
    /// The token.
    public let token: RememberToken
    /// For how many seconds it can be used.
    public let lifetime: UInt64
}

/// The outcome of issuing a token.
public enum IssueOutcome: Hashable, Sendable {
    /// It was stored.
    case issued(IssuedToken)
    /// The pool is full; nothing was stored.
    case poolFull(PoolLimit)
}

/// The outcome of redeeming a token.
public enum RedeemOutcome: Hashable, Sendable {
    /// Its user, when the first token of its family was issued, and the one that takes its place.
    case remembered(UserName, since: UnixTime, IssuedToken)
    /// The same; another request has redeemed it a moment ago, and was given the new token.
    case again(UserName, since: UnixTime)
    /// There is no such token, or there is none any more.
    case unknown
    /// Its time is over.
    case expired
    /// It was used before, or is forged. All that came of it have ended.
    case reused
    /// It belongs to a browser in another network.
    case otherAddress
    /// It belongs to another browser.
    case otherAgent
}
