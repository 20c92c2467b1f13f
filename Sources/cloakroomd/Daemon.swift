// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomRocksDB
import CloakroomServer
import CloakroomSessions
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Puts the parts together: key, store, rules, sockets; and takes them apart again in order.
struct Daemon {
    static let version = ProductVersion.current
    /// More event loops than this have nothing to do.
    private static let mostThreads = 8

    let configuration: Configuration
    /// Reads the configuration again.
    let load: Reloader.Load

    /// Checks what can be checked without touching the store: the users and the key.
    func check() throws -> String {
        _ = try AllowedUsers(configuration)
        _ = try UnixSocketListener.Access(configuration.server)
        try ProcessHardening.disableCoreDumps()
        try SecureHeap.prepare()
        let keys = try KeyringSource(configuration).entries().enumerated().map { index, entry in
            "\(entry.key) from \(entry.source), \(index == 0 ? "which seals" : "which only opens")"
        }
        return (["the configuration is valid"] + keys).joined(separator: "\n")
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // Until there is somebody who reloads, there is nothing to be reloaded.
        signal(SIGHUP, SIG_IGN)
        // Nothing the daemon makes is for others.
        umask(0o077)
        let threshold = LogThreshold(configuration.log.level)
        let log = JournalLogHandler(threshold: threshold)
        // Each event counts, for whoever counts them.
        let events = JournalLogHandler(level: .info, isLimited: false)
        LoggingSystem.bootstrap { $0 == "events" ? events : log }
        let logger = Logger(label: "cloakroomd")
        try ProcessHardening.disableCoreDumps()
        try SecureHeap.prepare()

        let passed = try SystemdSockets.take()
        let notifier = try SystemdNotifier.fromEnvironment()
        let users = try AllowedUsers(configuration)
        for name in users.missing {
            logger.notice("this system has no such user; set server.users", metadata: ["user": "\(name)"])
        }
        let source = try KeyringSource(configuration)
        let entries = try source.entries()
        let keyring = try Keyring(entries.map(\.key))
        let deferredWrites = DeferredWrites(isConfigured: configuration.sessions.acknowledge == .deferred)
        let clock = SteadyClock()
        let store = try open(by: clock, deferredWrites, logger)
        defer { store.close() }
        let keeper = ClockKeeper(clock, in: store, logger: logger)
        try keeper.start()
        let service = SessionService(
            store: store,
            sealer: try SessionSealer.open(store, keyring: keyring, pool: .standard),
            rules: SessionRules(configuration),
            deferredWrites: deferredWrites,
            clock: clock,
            logger: logger,
            events: SessionEventLog(logger: Logger(label: "events"), selection: configuration.log.events)
        )

        let limits = limits(logger)
        let listening = try Listening(passed, configuration.server)
        defer { listening.close() }
        let admin = try AdminServices(
            .init(
                configuration: configuration,
                load: load,
                pools: [.init(name: .standard, sessions: service, source: source, entries: entries)],
                threshold: threshold,
                notifier: notifier,
                clock: clock,
                logger: logger
            ),
            passed
        )
        defer { admin.close() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let server = ClientServer(
            descriptors: listening.descriptors,
            service: service,
            users: users,
            limits: limits,
            frameTimeout: configuration.server.frameTimeout,
            group: group,
            logger: logger
        )
        logger.notice(
            "started",
            metadata: [
                "version": "\(Self.version)", "socket": "\(listening.name)", "keys": "\(keyring)",
                "acknowledge": "\(configuration.sessions.acknowledge)",
            ]
        )
        try await serve(server, admin.services(group), service, keeper, notifier, logger)
        try await group.shutdownGracefully()
        keeper.save()
        try store.synchronize()
        logger.notice("stopped", metadata: service.statistics.metadata)
    }

    /// Runs until SIGTERM or SIGINT, and until everything asked for has been answered.
    private func serve(
        _ server: ClientServer,
        _ admin: [any Service],
        _ service: SessionService,
        _ clock: ClockKeeper,
        _ notifier: SystemdNotifier?,
        _ logger: Logger
    ) async throws {
        var services: [any Service] = [
            server,
            SweepService(sessions: service, interval: configuration.sessions.sweepInterval, clock: clock),
            LockReportService(sessions: service, logger: logger),
            SyncService(sessions: service, interval: configuration.store.syncInterval, logger: logger),
        ]
        services += admin
        if let notifier {
            services.append(
                NotifyService(
                    notifier: notifier,
                    watchdog: try SystemdWatchdog.interval(),
                    sessions: service,
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

    /// Opens the store, whose compaction goes by the clock of the sessions.
    private func open(
        by clock: SteadyClock,
        _ deferredWrites: DeferredWrites,
        _ logger: Logger
    ) throws -> RocksDBStore {
        let store = try RocksDBStore(
            directory: configuration.store.directory,
            durability: configuration.store.durability == .power ? .power : .process,
            clock: CompactionClock { clock.now() },
            report: { report in
                deferredWrites.note(report)
                logger.log(report)
            }
        )
        for warning in store.warnings { logger.warning("\(warning)") }
        return store
    }

    /// The limits on clients, as far as the process may open files.
    private func limits(_ logger: Logger) -> ClientLimits {
        let limits = ClientLimits(
            configuration.limits,
            descriptors: DescriptorLimit.prepare(connections: configuration.limits.connections)
        )
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
