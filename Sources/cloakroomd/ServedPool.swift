// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore
import CloakroomCrypto
import CloakroomRocksDB
import CloakroomServer
import CloakroomSessions
import Logging

/// A pool with its store and its rules.
struct ServedPool {
    let name: PoolName
    /// As it holds for this pool.
    let configuration: Configuration
    let store: RocksDBStore
    let service: SessionService
    /// Names the pool in each line.
    let logger: Logger

    /// What the pools have in common.
    struct Surroundings {
        let clock: SteadyClock
        /// The number of pools.
        let count: Int
        let logger: Logger
    }

    /// Opens the pool, and makes its store if there is none.
    ///
    /// - Parameters:
    ///   - directory: its state directory.
    ///   - begin: is called with the store before any session is looked at.
    init(
        _ name: PoolName,
        _ configuration: Configuration,
        directory: String,
        keyring: Keyring,
        in surroundings: Surroundings,
        begin: (RocksDBStore) throws -> Void = { _ in }
    ) throws {
        let logger = surroundings.logger.naming(name)
        let deferredWrites = DeferredWrites(isConfigured: configuration.sessions.acknowledge == .deferred)
        let clock = surroundings.clock
        // Compaction goes by the clock of the sessions.
        let store = try RocksDBStore(
            directory: directory,
            durability: configuration.store.durability == .power ? .power : .process,
            clock: CompactionClock { clock.now() },
            stores: surroundings.count,
            report: { report in
                deferredWrites.note(report)
                logger.log(report)
            }
        )
        do {
            for warning in store.warnings { logger.warning("\(warning)") }
            try begin(store)
            let events = Logger(label: "events")
            service = SessionService(
                store: store,
                sealer: try SessionSealer.open(store, keyring: keyring, pool: name),
                rules: SessionRules(configuration),
                deferredWrites: deferredWrites,
                clock: clock,
                logger: logger,
                events: SessionEventLog(logger: events, pool: name, selection: configuration.log.events),
                // Else the pools together would take more of the secure heap than there is, and one pool could take it all.
                cachedSessions: SessionService.cachedSessions / surroundings.count
            )
        } catch {
            store.close()
            throw error
        }
        self.name = name
        self.configuration = configuration
        self.store = store
        self.logger = logger
    }
}
