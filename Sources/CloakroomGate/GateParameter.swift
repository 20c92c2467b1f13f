// SPDX-License-Identifier: Apache-2.0

/// The FastCGI parameters that the gate reads; all others are passed over (`docs/gate.md`).
public enum GateParameter: Int, CaseIterable, Sendable {
    /// What is asked for: `check`, `status` or `ping`.
    case action
    /// The name of the session.
    case cookie
    /// The pool that the session is in.
    case pool
    /// Whether the session has to be a user's.
    case require
    /// How many seconds ago it may have become the user's.
    case maximumAuthAge
    /// Whether the check counts as a use of the session.
    case activity
    /// What happens when the daemon does not answer.
    case onError
    /// Where a browser without a usable session is sent.
    case loginURL
    /// Who is connected to the web server.
    case remoteAddress
    /// The header `Cookie`.
    case cookieHeader
    /// The header `User-Agent`.
    case userAgent
    /// The header `X-Forwarded-For`.
    case forwardedFor
    /// The header `X-Real-IP`.
    case realIP
    /// The header `Forwarded` (RFC 7239).
    case forwarded
    /// The path of what is asked for, without the query.
    case scriptName
    /// What stands behind the `?`.
    case queryString
    /// The path and the query as the browser sent them.
    case requestURI
    /// `GET`, `HEAD` and the like.
    case requestMethod

    /// The parameter's name in FastCGI.
    public var name: String {
        switch self {
        case .action: "CLOAKROOM_ACTION"
        case .cookie: "CLOAKROOM_COOKIE"
        case .pool: "CLOAKROOM_POOL"
        case .require: "CLOAKROOM_REQUIRE"
        case .maximumAuthAge: "CLOAKROOM_MAX_AUTH_AGE"
        case .activity: "CLOAKROOM_ACTIVITY"
        case .onError: "CLOAKROOM_ON_ERROR"
        case .loginURL: "CLOAKROOM_LOGIN_URL"
        case .remoteAddress: "REMOTE_ADDR"
        case .cookieHeader: "HTTP_COOKIE"
        case .userAgent: "HTTP_USER_AGENT"
        case .forwardedFor: "HTTP_X_FORWARDED_FOR"
        case .realIP: "HTTP_X_REAL_IP"
        case .forwarded: "HTTP_FORWARDED"
        case .scriptName: "SCRIPT_NAME"
        case .queryString: "QUERY_STRING"
        case .requestURI: "REQUEST_URI"
        case .requestMethod: "REQUEST_METHOD"
        }
    }

    /// What becomes of a second one with another value.
    enum Repetition {
        /// It is a mistake in the web server's configuration.
        case isMistake
        /// It makes the request one that cannot be judged.
        case isContested
        /// It counts, as in PHP-FPM, so that the gate sees of the browser what PHP sees.
        case counts
    }

    var repetition: Repetition {
        switch self {
        case .action, .cookie, .pool, .require, .maximumAuthAge, .activity, .onError, .loginURL, .remoteAddress:
            .isMistake
        // Browsers send one header (RFC 6265, section 5.4), of two PHP-FPM reads the last, and other servers join them. Whoever sends two
        // could have the gate judge one session and PHP serve another.
        case .cookieHeader: .isContested
        case .userAgent, .forwardedFor, .realIP, .forwarded, .scriptName, .queryString, .requestURI, .requestMethod:
            .counts
        }
    }
}
