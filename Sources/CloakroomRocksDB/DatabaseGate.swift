// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Glibc

/// Keeps the database open while somebody is in it, and everybody out while it is replaced and once it is closed. A
/// read-write lock: operations pass side by side (about 20 ns), and closing waits for them.
///
/// Sendable without a check, because `state` is only touched under the lock.
final class DatabaseGate: @unchecked Sendable {
    private enum State {
        case open(Database)
        // It was closed to open it again, which failed.
        case broken(StoreError)
        case closed
    }

    // On the heap, as a lock must not move.
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>
    private var state: State

    /// A gate to an open database.
    init(_ database: Database) {
        state = .open(database)
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
    /// - Throws: ``StoreError/Code/inputOutput`` when it is closed, or why it could not be opened again; then there is
    ///   nothing to leave.
    func enter() throws(StoreError) -> Database {
        pthread_rwlock_rdlock(lock)
        let fault: StoreError
        switch state {
        case .open(let database): return database
        case .broken(let cause): fault = cause
        case .closed:
            fault = StoreError(
                .inputOutput,
                "the store is closed: cloakroomd is shutting down; try again once it is back"
            )
        }
        pthread_rwlock_unlock(lock)
        throw fault
    }

    /// Ends what ``enter()`` began.
    func leave() { pthread_rwlock_unlock(lock) }

    /// Whether there is a database.
    var isOpen: Bool {
        pthread_rwlock_rdlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        if case .open = state { return true }
        return false
    }

    /// Whether ``close()`` was called.
    var isClosed: Bool {
        pthread_rwlock_rdlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        if case .closed = state { return true }
        return false
    }

    /// Waits for those inside, lets `prepare` see the database if it is open, closes it, and puts what `open` answers in
    /// its place; operations wait meanwhile. Does nothing once the gate is closed.
    ///
    /// - Throws: what `prepare` throws, and the database stays as it is; or what `open` throws, and so does ``enter()``
    ///   until a later call succeeds.
    func replace(
        prepare: (Database) throws(StoreError) -> Void,
        open: () throws(StoreError) -> Database
    ) throws(StoreError) {
        pthread_rwlock_wrlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        switch state {
        case .closed: return
        case .broken: break
        case .open(let database):
            try prepare(database)
            database.close()
        }
        do throws(StoreError) {
            state = .open(try open())
        } catch {
            state = .broken(error)
            throw error
        }
    }

    /// Waits for those inside, then closes the database, if it is open.
    func close() {
        pthread_rwlock_wrlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        if case .open(let database) = state { database.close() }
        state = .closed
    }
}
