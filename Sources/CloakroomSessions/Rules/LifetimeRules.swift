// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

/// How long sessions live. All intervals are in seconds.
public struct LifetimeRules: Hashable, Sendable {
    /// The longest that a session may live, however much it is used.
    public enum Absolute: Hashable, Sendable {
        /// For ever.
        case unlimited
        /// So many seconds, or PHP's `session.gc_maxlifetime` where that is longer.
        case atLeast(UInt64)
        /// So many seconds.
        case limited(UInt64)
    }

    /// How long a session lives without being used; `nil`: what PHP's `session.gc_maxlifetime` says.
    public var idle: UInt64?
    /// How long it lives altogether, over all its ids.
    public var absolute = Absolute.unlimited
    /// How long it lives without being used before it is used for the second time; `nil`: as later.
    public var first: UInt64?
    /// How long what is over is remembered, so that the next visit can be told why.
    public var remembered: UInt64 = 0
    /// How long an id can still be used once another has taken its place.
    public var grace: UInt64 = 60

    /// Sessions that live for as long as PHP says.
    public init() {}

    /// How long a session lives without being used, when PHP says `lifetime`.
    func idle(_ lifetime: UInt32) -> UInt64 { max(idle ?? UInt64(lifetime), SessionMetadata.shortestLifetime) }

    /// When a session that was made at `created` ends, however much it is used; `lifetime` is how long it may be idle.
    func end(created: UnixTime, lifetime: UInt64) -> UnixTime {
        switch absolute {
        case .unlimited: UnixTime(seconds: .max)
        case .atLeast(let seconds): created.advanced(by: max(seconds, lifetime))
        case .limited(let seconds): created.advanced(by: seconds)
        }
    }
}
