// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto

/// What administrators see of a session: all but its id and its contents. Times are in seconds.
public struct SessionOverview: Hashable, Sendable {
    /// How it is named: it does not lead to the id.
    public let tag: SessionTag
    /// Whose it is, if that is known.
    public let user: UserName?
    /// How long ago the first one of its ids was made.
    public let age: UInt64
    /// How long ago it was last written or touched.
    public let idle: UInt64
    /// When it ends if it is not used; `nil` when that has been.
    public let endsIn: UInt64?
    /// Bytes of session data.
    public let size: UInt64
    /// The network that it was made from, such as `192.0.0.0/16`; empty when none was known.
    public let network: String
    /// The browser that it was made by, such as `Firefox on Windows`; empty when none was known.
    public let browser: String
    /// Whether it can be used.
    public let state: SessionState

    init(_ metadata: SessionMetadata, at address: SessionAddress, now: UnixTime, _ rules: LifetimeRules) {
        tag = address.sessionTag
        user = metadata.user?.name
        age = now.seconds(since: metadata.created)
        // Of what was destroyed, only when that was is known.
        idle = now.seconds(since: metadata.isDestroyed ? metadata.retired ?? metadata.lastSeen : metadata.lastSeen)
        state = metadata.state(now: now, rules)
        let end = metadata.endTime(rules)
        endsIn = state == .expired || end <= now ? nil : end.seconds(since: now)
        size = metadata.size
        network = metadata.binding.networkText
        browser = metadata.binding.browserText
    }
}

extension SessionMetadata {
    /// Whether the session can be used.
    func state(now: UnixTime, _ rules: LifetimeRules) -> SessionState {
        if isDestroyed { return .ended }
        if retired != nil { return .replaced }
        return end(now: now, rules) == nil ? .live : .expired
    }

    /// When the session ends if it is not used.
    func endTime(_ rules: LifetimeRules) -> UnixTime {
        let end = min(lastSeen.advanced(by: lifetime), rules.end(created: created, lifetime: lifetime))
        return min(end, retired ?? end)
    }
}

extension UnixTime {
    /// How many seconds have passed since an earlier time; 0 for a later one.
    func seconds(since earlier: UnixTime) -> UInt64 { seconds > earlier.seconds ? seconds - earlier.seconds : 0 }
}
