// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
public import CloakroomSessions

extension SessionRules {
    /// The rules that the sections `[sessions]`, `[binding]`, `[users]`, `[remember_me]` and `[limits]` describe.
    public init(_ configuration: Configuration) {
        self.init(
            maximumData: configuration.limits.sessionSize,
            lockWait: configuration.sessions.lockWait,
            lockHold: configuration.sessions.lockHold,
            maximumWaiters: configuration.limits.waiters,
            maximumSessions: configuration.limits.sessions == 0 ? nil : configuration.limits.sessions,
            maximumTotalSize: configuration.limits.totalSize == 0 ? nil : configuration.limits.totalSize
        )
        lifetimes = LifetimeRules(configuration.sessions)
        binding = BindingRules(configuration.binding)
        guessing = GuessingLimits(
            idsPerMinute: configuration.limits.unknownIDsPerMinute,
            refuseAfter: configuration.limits.unknownIDsRefuseAfter,
            refuseFor: configuration.limits.unknownIDsRefuseFor
        )
        reuseEndsLineage = configuration.sessions.reuse == .end
        users.maximumSessions = configuration.users.maximumSessions == 0 ? nil : configuration.users.maximumSessions
        users.whenFull = configuration.users.whenFull
        remembering.lifetime = UInt64(configuration.rememberMe.lifetime.components.seconds)
        remembering.grace = UInt64(configuration.rememberMe.grace.components.seconds)
        readThrough = configuration.sessions.readThrough
        users.sessionKey = configuration.users.sessionKey
    }
}

extension LifetimeRules {
    private static let day: UInt64 = 86_400

    fileprivate init(_ sessions: Configuration.Sessions) {
        self.init()
        idle = sessions.idleTimeout.seconds
        absolute =
            switch sessions.absoluteTimeout {
            case .seconds(let seconds): .limited(UInt64(seconds))
            case .word("none"): .unlimited
            case .word: .atLeast(Self.day)
            }
        first = sessions.firstTimeout.seconds
        remembered = UInt64(sessions.rememberEnded.components.seconds)
        grace = UInt64(sessions.regenerationGrace.components.seconds)
    }
}

extension BindingRules {
    fileprivate init(_ binding: Configuration.Binding) {
        self.init()
        address = binding.address
        agent = binding.agent
        agentMatch = binding.agentMatch
        bitsOfIPv4 = binding.bitsOfIPv4
        bitsOfIPv6 = binding.bitsOfIPv6
        trustedProxies = binding.trustedProxies.compactMap { AddressPrefix($0) }
        header = binding.header
    }
}
