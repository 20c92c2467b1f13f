// SPDX-License-Identifier: Apache-2.0

public import CloakroomSessions

extension SessionRules {
    /// The rules that the section `[sessions]` describes.
    public init(_ sessions: Configuration.Sessions) {
        self.init(
            maximumData: sessions.maxSize,
            lockWait: sessions.lockWait,
            lockHold: sessions.lockHold,
            maximumWaiters: sessions.maxWaiters
        )
    }
}
