// SPDX-License-Identifier: Apache-2.0

/// What holds for the sessions of one user.
public struct UserRules: Hashable, Sendable {
    /// What is done when a user logs in and has as many sessions as a user may have.
    public enum WhenFull: String, CaseIterable, Sendable {
        /// The session that was seen least recently ends.
        case oldest
        /// The write that would log in is refused.
        case deny
        /// The session is stored, and the log says so.
        case report
    }

    /// The greatest number of sessions of one user; `nil`: as many as he likes.
    public var maximumSessions: Int?
    /// What is done with one more.
    public var whenFull = WhenFull.oldest
    /// Where PHP finds the user in `$_SESSION`, for applications that do not say it: a key, or several with dots between;
    /// empty: nowhere.
    public var sessionKey = ""

    /// No limit.
    public init() {}
}
