// SPDX-License-Identifier: Apache-2.0

import CloakroomStore

/// Keeps the database open while somebody is in it, and everybody out while it is replaced and once it is closed:
/// operations pass side by side, and closing waits for them.
///
/// Sendable without a check, because `state` is only touched under the lock.
final class DatabaseGate: @unchecked Sendable {
    private enum State {
        case open(Database)
        // It was closed to open it again, which failed.
        case broken(StoreError)
        case closed
    }

    private let lock = ReadWriteLock()
    private var state: State

    /// A gate to an open database.
    init(_ database: Database) {
        state = .open(database)
    }

    /// Answers the database, which stays open until ``leave()`` is called on the same thread.
    ///
    /// - Throws: ``StoreError/Code/inputOutput`` when it is closed, or why it could not be opened again; then there is
    ///   nothing to leave.
    func enter() throws(StoreError) -> Database {
        lock.share()
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
        lock.unlock()
        throw fault
    }

    /// Ends what ``enter()`` began.
    func leave() { lock.unlock() }

    /// Whether there is a database.
    var isOpen: Bool {
        lock.share()
        defer { lock.unlock() }
        if case .open = state { return true }
        return false
    }

    /// Whether ``close()`` was called.
    var isClosed: Bool {
        lock.share()
        defer { lock.unlock() }
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
        lock.takeAlone()
        defer { lock.unlock() }
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
        lock.takeAlone()
        defer { lock.unlock() }
        if case .open(let database) = state { database.close() }
        state = .closed
    }
}
