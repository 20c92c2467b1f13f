// SPDX-License-Identifier: Apache-2.0

public import CloakroomSessions

extension SessionRules {
    /// The rules that the sections `[sessions]` and `[limits]` describe.
    public init(_ configuration: Configuration) {
        self.init(
            maximumData: configuration.limits.sessionSize,
            lockWait: configuration.sessions.lockWait,
            lockHold: configuration.sessions.lockHold,
            maximumWaiters: configuration.limits.waiters,
            maximumSessions: configuration.limits.sessions == 0 ? nil : configuration.limits.sessions,
            maximumTotalSize: configuration.limits.totalSize == 0 ? nil : configuration.limits.totalSize
        )
    }
}
