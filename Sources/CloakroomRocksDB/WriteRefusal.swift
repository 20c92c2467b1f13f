// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Synchronization

/// Why the store refuses writes, if it does. RocksDB refuses them too once one has failed, but does not notice a directory
/// that is gone, and takes a sync that failed for done when it is asked again.
final class WriteRefusal: Sendable {
    private struct State {
        var fault: StoreError?
        var unfinished: [UnfinishedChange] = []
    }

    private let state = Locked(State())
    // So that a write does not take the lock.
    private let isInForce = Atomic<Bool>(false)

    /// The fault for which writes are refused.
    var fault: StoreError? { state.withLock { $0.fault } }

    /// Throws the fault, if writes are refused.
    func check() throws(StoreError) {
        guard isInForce.load(ordering: .acquiring), let fault else { return }
        throw fault
    }

    /// Refuses writes from now on, because one failed. Answers whether it did not before.
    func begin(_ fault: StoreError, unfinished change: UnfinishedChange? = nil) -> Bool {
        state.withLock { state in
            if let change { state.unfinished.append(change) }
            guard state.fault == nil else { return false }
            state.fault = fault
            isInForce.store(true, ordering: .releasing)
            return true
        }
    }

    /// The changes that failed.
    var unfinished: [UnfinishedChange] { state.withLock { $0.unfinished } }

    /// Allows writes again, and forgets what failed.
    func end() {
        state.withLock { state in
            state = State()
            isInForce.store(false, ordering: .releasing)
        }
    }
}
