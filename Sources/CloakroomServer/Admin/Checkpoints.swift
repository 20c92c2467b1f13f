// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
public import CloakroomCore
public import CloakroomStore
public import Logging

/// The checkpoints of the pools' stores. There is one of each pool at most, and one administrator who copies them.
public final class Checkpoints: Sendable {
    private let stores: [PoolName: any CheckpointStore]
    private let keepTime: @Sendable () -> Void
    private let logger: Logger
    private let isTaken = Locked(false)

    /// Of these stores.
    ///
    /// - Parameter keepTime: stores what the clock of the sessions shows: where a backup is restored, the clock goes on from there.
    public init(
        _ stores: [PoolName: any CheckpointStore],
        logger: Logger,
        keepTime: @escaping @Sendable () -> Void
    ) {
        self.stores = stores
        self.keepTime = keepTime
        self.logger = logger
    }

    /// Calls `body` for the one administrator who may make checkpoints, and removes them afterwards.
    ///
    /// - Throws: what `body` throws; ``AdminError`` when another one is at it.
    func withTurn<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let isFree = isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        guard isFree else {
            throw AdminError(.failed, "another backup is under way: try again when it is done")
        }
        defer {
            removeAll()
            isTaken.withLock { $0 = false }
        }
        return try await body()
    }

    /// Makes that of some pools, one directly after the other.
    ///
    /// - Returns: the directories, in the order of the pools.
    /// - Throws: `StoreError`, or ``AdminError`` for a pool that has no store of the kind.
    func make(of pools: [PoolName]) async throws -> [String] {
        var stores: [any CheckpointStore] = []
        for pool in pools { stores.append(try store(of: pool)) }
        keepTime()
        var directories: [String] = []
        for store in stores { directories.append(try await store.makeCheckpoint()) }
        return directories
    }

    private func store(of pool: PoolName) throws -> any CheckpointStore {
        if let store = stores[pool] { return store }
        throw AdminError(.failed, "the store of pool \(pool) makes no checkpoints")
    }

    private func removeAll() {
        for (pool, store) in stores {
            do { try store.removeCheckpoint() } catch {
                logger.naming(pool).warning(
                    "the checkpoint of a backup could not be removed, and is tried again at the next start",
                    metadata: ["error": "\(error)"]
                )
            }
        }
    }
}
