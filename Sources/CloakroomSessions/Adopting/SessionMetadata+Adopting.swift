// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

extension SessionMetadata {
    /// The metadata of a session that another handler kept, as if it had been made and used here at those times. A clock that was
    /// wrong must not make it live longer, so times to come are cut to the present.
    static func adopt(
        _ session: AdoptedSession,
        dataKey: DataKey,
        microseconds: UInt64,
        _ rules: LifetimeRules
    ) -> SessionMetadata {
        var metadata = SessionMetadata.make(dataKey: dataKey, microseconds: microseconds)
        let lastSeen = min(session.lastSeen, metadata.created)
        metadata.created = min(session.created, lastSeen)
        // What `make` filed under the present is moved back; the slot follows from the deadline.
        metadata.bodyExpires = lastSeen
        metadata.contentsWereWritten(
            size: session.data.count,
            token: 0,
            lifetime: session.lifetime,
            now: lastSeen,
            rules,
            isNew: false
        )
        return metadata
    }
}
