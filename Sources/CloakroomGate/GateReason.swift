// SPDX-License-Identifier: Apache-2.0

/// Why a request was admitted or not: the header `Cloakroom-Reason`.
public enum GateReason: String, CaseIterable, Sendable {
    /// The session is usable, and all that was required.
    case admitted
    /// The browser sent no session id.
    case noSession = "no-session"
    /// What it sent cannot be a session id.
    case badSessionID = "bad-session-id"
    /// There is no such session.
    case unknown
    /// It was not used for longer than it may be.
    case expired
    /// It has lived for as long as a session may.
    case tooOld = "too-old"
    /// It was destroyed.
    case destroyed
    /// Its id was replaced by another.
    case replaced
    /// Its record does not authenticate.
    case unreadable
    /// It is nobody's, and has to be a user's.
    case anonymous
    /// It became the user's too long ago.
    case authTooOld = "auth-too-old"
    /// It belongs to a browser at another address.
    case otherAddress = "other-address"
    /// It belongs to another browser.
    case otherAgent = "other-agent"
    /// The address has sent too many ids that no session has.
    case guessing
    /// The daemon did not answer, or cannot.
    case daemonAway = "daemon-away"
    /// The same, and the web server's configuration lets the request through then.
    case unchecked
    /// The web server's configuration is wrong.
    case misconfigured
}
