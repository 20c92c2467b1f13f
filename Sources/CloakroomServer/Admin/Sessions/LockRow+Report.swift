// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomSessions
import CloakroomStatus

extension LockRow {
    init(_ lock: LockReport, user: UserName?, of pool: PoolName, mostWaiters: Int = Self.mostWaiters) {
        self.init(
            pool: pool.text,
            tag: lock.address.tag,
            user: user?.text,
            holder: Client(lock.holder.client, lock.holder.duration),
            waiting: lock.waiters.count,
            waiters: lock.waiters.prefix(mostWaiters).map { Client($0.client, $0.duration) }
        )
    }
}

extension LockRow.Client {
    fileprivate init(_ client: LockClient, _ duration: Duration) {
        self.init(
            pid: client.pid,
            request: client.label.description,
            milliseconds: max(Int64(duration / .milliseconds(1)), 0)
        )
    }
}
