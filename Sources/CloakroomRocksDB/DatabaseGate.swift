// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Glibc

/// Keeps the database open while somebody is in it, and everybody out once it is closed. A read-write lock: operations
/// pass side by side (about 20 ns), and closing waits for them.
///
/// Sendable without a check, because `database` is only touched under the lock.
final class DatabaseGate: @unchecked Sendable {
    // On the heap, as a lock must not move.
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>
    private var database: Database?

    /// A gate to an open database.
    init(_ database: Database) {
        self.database = database
        lock = .allocate(capacity: 1)
        var attributes = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&attributes)
        // Without this, a steady stream of operations could keep `close()` waiting for ever.
        pthread_rwlockattr_setkind_np(&attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        pthread_rwlock_init(lock, &attributes)
        pthread_rwlockattr_destroy(&attributes)
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    /// Answers the database, which stays open until ``leave()`` is called on the same thread.
    ///
    /// - Throws: ``StoreError/Code/inputOutput`` when it is closed; then there is nothing to leave.
    func enter() throws(StoreError) -> Database {
        pthread_rwlock_rdlock(lock)
        if let database { return database }
        pthread_rwlock_unlock(lock)
        throw StoreError(.inputOutput, "the store is closed: cloakroomd is shutting down; try again once it is back")
    }

    /// Ends what ``enter()`` began.
    func leave() { pthread_rwlock_unlock(lock) }

    /// Waits for those inside, then closes the database, if it is open.
    func close() {
        pthread_rwlock_wrlock(lock)
        database = nil
        pthread_rwlock_unlock(lock)
    }
}
