// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomCrypto
import CloakroomSessions
import CloakroomStatus

extension SessionReport {
    /// - Parameter user: whose session the lock is of, if that is known.
    init(_ details: SessionDetails, lockOf user: UserName?, of pool: PoolName) {
        let tag = details.tag.description
        let key = details.key?.description
        let lock = details.lock.map { LockRow($0, user: user, of: pool) }
        switch details.kind {
        case .session(let session):
            self.init(
                pool: pool.text,
                tag: tag,
                kind: .session,
                session: SessionRow(session.overview, of: pool),
                lifetime: session.lifetime,
                version: session.version,
                identified: session.identified,
                successor: session.successor?.description,
                remembered: session.hasTokens,
                key: key,
                lock: lock
            )
        case .tokens(let user, let age, let endsIn):
            self.init(pool: pool.text, tag: tag, kind: .tokens, user: user.text, age: age, endsIn: endsIn, key: key)
        case .unwritten: self.init(pool: pool.text, tag: tag, kind: .unwritten, lock: lock)
        case .unreadable(let rejection):
            self.init(pool: pool.text, tag: tag, kind: .unreadable, reason: "\(rejection)", key: key, lock: lock)
        }
    }
}
