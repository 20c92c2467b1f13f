// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import CloakroomConfiguration
import CloakroomCore
import CloakroomCrypto
import CloakroomRocksDB
import CloakroomServer
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Puts the parts together: keys, stores, rules, sockets; and takes them apart again in order.
struct Daemon {
    static let version = ProductVersion.current
    /// More event loops than this have nothing to do.
    private static let mostThreads = 8

    let configuration: Configuration
    /// Reads the configuration again.
    let load: Reloader.Load

    /// Checks what can be checked without touching the stores: users, groups and keys.
    func check() throws -> String {
        _ = try PoolMembers(configuration)
        _ = try UnixSocketListener.Access(configuration.server)
        try ProcessHardening.disableCoreDumps()
        try SecureHeap.prepare()
        let keyrings = try PoolKeyrings(configuration)
        let pools = configuration.pools.flatMap { pool in
            let keys = keyrings[pool.name]
            return [pool.summary(keys.keyring)] + (pool.hasOwnKeys ? keys.lines.map { "pool \(pool.name): \($0)" } : [])
        }
        return (["the configuration is valid"] + keyrings[.standard].lines + pools).joined(separator: "\n")
    }

    func run() async throws {
        let threshold = LogThreshold(configuration.log.level)
        let logger = try prepareProcess(threshold)
        let passed = try SystemdSockets.take(pools: [.standard] + configuration.pools.map(\.name))
        let notifier = try SystemdNotifier.fromEnvironment()
        let members = try PoolMembers(configuration)
        for name in members.missing {
            logger.notice("this system has no such user; set server.users", metadata: ["user": "\(name)"])
        }
        let keyrings = try PoolKeyrings(configuration)
        let pools = try ServedPools(configuration, keyrings, logger)
        defer { pools.close() }

        let limits = limits(logger)
        let administered = pools.all.map { pool in
            AdministeredPool(name: pool.name, sessions: pool.service, keys: keyrings[pool.name])
        }
        let admin = try AdminServices(
            .init(
                configuration: configuration,
                load: load,
                pools: administered,
                members: members,
                threshold: threshold,
                notifier: notifier,
                clock: pools.clock,
                checkpoints: pools.checkpoints(logger),
                logger: logger
            ),
            passed
        )
        defer { admin.close() }
        let gate = try GateServices(configuration, pools: administered, members: members, passed, logger)
        defer { gate.close() }
        // Last, so that whoever is served can count on the rest.
        let listening = try Listening(passed, configuration)
        defer { listening.close() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let server = ClientServer(
            sockets: listening.sockets,
            pools: pools.sessions,
            members: members,
            limits: limits,
            frameTimeout: configuration.server.frameTimeout,
            group: group,
            logger: logger
        )
        logger.notice(
            "started",
            metadata: [
                "version": "\(Self.version)", "socket": "\(listening.name)", "keys": "\(keyrings[.standard].keyring)",
                "acknowledge": "\(configuration.sessions.acknowledge)",
            ]
        )
        for pool in configuration.pools { logger.notice("pool", metadata: pool.metadata(keyrings[pool.name].keyring)) }
        let status = StatusReporter(version: Self.version, clock: pools.clock, connections: server.census)
        // Services stop in the opposite order: while PHP ends what it has begun, the gate still lets visitors in.
        let services =
            [gate.service(group, status: status), server] + pools.services(configuration, logger)
            + admin.services(group, status: status)
        try await serve(services, pools, notifier, logger)
        try await group.shutdownGracefully()
        try pools.finish()
    }

    /// Sets up what is the process's: signals, permissions, logs, memory.
    private func prepareProcess(_ threshold: LogThreshold) throws -> Logger {
        signal(SIGPIPE, SIG_IGN)
        // Until there is somebody who reloads, there is nothing to be reloaded.
        signal(SIGHUP, SIG_IGN)
        // Nothing the daemon makes is for others.
        umask(0o077)
        let log = JournalLogHandler(threshold: threshold)
        // Each event counts, for whoever counts them.
        let events = JournalLogHandler(level: .info, isLimited: false)
        LoggingSystem.bootstrap { $0 == "events" ? events : log }
        try ProcessHardening.disableCoreDumps()
        try SecureHeap.prepare()
        return Logger(label: "cloakroomd")
    }

    /// Runs until SIGTERM or SIGINT, and until everything asked for has been answered.
    private func serve(
        _ services: [any Service],
        _ pools: ServedPools,
        _ notifier: SystemdNotifier?,
        _ logger: Logger
    ) async throws {
        var services = services
        if let notifier {
            services.append(
                NotifyService(
                    notifier: notifier,
                    watchdog: try SystemdWatchdog.interval(),
                    pools: pools.all.map(\.service),
                    logger: logger
                )
            )
        }
        // The group's own messages are about its workings, which only matter when it fails.
        var groupLogger = logger
        groupLogger.logLevel = max(logger.logLevel, .warning)
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: groupLogger
            )
        )
        try await group.run()
    }

    /// The limits on clients, as far as the process may open files.
    private func limits(_ logger: Logger) -> ClientLimits {
        let descriptors = DescriptorLimit.prepare(
            connections: configuration.limits.connections,
            stores: RocksDBStore.descriptors(stores: 1 + configuration.pools.count)
        )
        let limits = ClientLimits(configuration.limits, descriptors: descriptors)
        if limits.connections < configuration.limits.connections {
            logger.warning(
                "the process may not open enough files for limits.connections: raise LimitNOFILE= of the unit",
                metadata: ["connections": "\(limits.connections)"]
            )
        }
        return limits
    }

    private var threads: Int {
        let configured = configuration.server.threads
        return configured > 0 ? configured : min(System.coreCount, Self.mostThreads)
    }
}
