// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

extension CheckedSession {
    /// What is to be told of a session that is alive.
    init(_ metadata: SessionMetadata, at address: SessionAddress, now: UnixTime, _ rules: LifetimeRules) {
        tag = address.sessionTag
        age = now.seconds(since: metadata.created)
        idle = now.seconds(since: metadata.lastSeen)
        remaining = metadata.endTime(rules).seconds(since: now)
        user = metadata.user.map { User(name: $0.name, age: now.seconds(since: $0.identified)) }
    }
}
