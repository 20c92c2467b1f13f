// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore
import CloakroomRocksDB
import CloakroomServer
import CloakroomSessions
import Logging
import ServiceLifecycle

/// All pools, and the clock that they have in common.
struct ServedPools {
    /// The pools, `default` first.
    let all: [ServedPool]
    /// Keeps the clock in the store of the standard pool.
    let keeper: ClockKeeper
    /// The clock.
    let clock: SteadyClock

    /// Opens every pool, or none.
    ///
    /// - Throws: ``PoolFault``, or what keeps the standard pool from being opened.
    init(_ configuration: Configuration, _ keyrings: PoolKeyrings, _ logger: Logger) throws {
        let surroundings = ServedPool.Surroundings(
            clock: SteadyClock(),
            count: 1 + configuration.pools.count,
            logger: logger
        )
        clock = surroundings.clock
        let directory = configuration.store.directory
        var keeper: ClockKeeper?
        let standard = try ServedPool(
            .standard,
            configuration,
            directory: directory,
            keyring: keyrings[.standard].keyring,
            in: surroundings,
            begin: { store in
                let clock = ClockKeeper(surroundings.clock, in: store, logger: logger)
                try clock.start()
                keeper = clock
            }
        )
        self.keeper = keeper ?? ClockKeeper(surroundings.clock, in: standard.store, logger: logger)
        var all = [standard]
        do {
            let places = try PoolDirectories(in: directory, for: configuration.pools.map(\.name))
            places.report(logger)
            for pool in configuration.pools {
                let opened = try PoolFault.naming(pool.name) {
                    try ServedPool(
                        pool.name,
                        pool.configuration,
                        directory: places.directory(of: pool.name),
                        keyring: keyrings[pool.name].keyring,
                        in: surroundings
                    )
                }
                all.append(opened)
            }
        } catch {
            for pool in all { pool.store.close() }
            throw error
        }
        self.all = all
    }

    /// The sessions of each pool.
    var sessions: [PoolName: SessionService] { Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.service) }) }

    /// What makes checkpoints of the stores.
    func checkpoints(_ logger: Logger) -> Checkpoints {
        let stores = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.store) })
        return Checkpoints(stores, logger: logger, keepTime: { [keeper] in keeper.save() })
    }

    /// What runs beside the connections.
    func services(_ configuration: Configuration, _ logger: Logger) -> [any Service] {
        var services: [any Service] = [LockReportService(pools: sessions, logger: logger)]
        for pool in all {
            let clock = pool.name == .standard ? keeper : nil
            let interval = configuration.sessions.sweepInterval
            services.append(SweepService(sessions: pool.service, interval: interval, clock: clock))
            services.append(
                SyncService(
                    sessions: pool.service,
                    interval: configuration.store.syncInterval,
                    logger: pool.logger
                )
            )
        }
        return services
    }

    /// Brings everything to disk, once nobody asks for anything any more.
    func finish() throws {
        keeper.save()
        for pool in all { try PoolFault.naming(pool.name) { try pool.store.synchronize() } }
        for pool in all { pool.logger.notice("stopped", metadata: pool.service.statistics.metadata) }
    }

    /// Closes the stores.
    func close() {
        for pool in all { pool.store.close() }
    }
}
