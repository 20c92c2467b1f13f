// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomConfiguration
public import CloakroomAdmin
import CloakroomCore
import CloakroomCrypto
import CloakroomSessions
public import Logging
import NIOPosix

/// Reads the configuration and all keys again while the daemon serves. Everything is read before anything is changed, so that a
/// failure leaves all as it was. No client notices.
public actor Reloader {
    /// What to read.
    public typealias Load = @Sendable () throws -> Configuration

    private let load: Load
    private let pools: [AdministeredPool]
    private let threshold: LogThreshold
    private let notifier: SystemdNotifier?
    private let logger: Logger
    /// What the daemon was started with, which holds until a restart but for what a reload changes.
    private let started: Configuration
    private var current: Configuration
    private var last: Task<Result<ReloadSummary, AdminError>, Never>?

    /// - Parameters:
    ///   - configuration: what the daemon was started with.
    ///   - threshold: the log's, which follows `log.level`.
    ///   - load: reads the configuration file, under the values of the command line.
    public init(
        configuration: Configuration,
        pools: [AdministeredPool],
        threshold: LogThreshold,
        notifier: SystemdNotifier?,
        logger: Logger,
        load: @escaping Load
    ) {
        started = configuration
        current = configuration
        self.pools = pools
        self.threshold = threshold
        self.notifier = notifier
        self.logger = logger
        self.load = load
    }

    /// Reads everything again, and says in the log what that changed. One reload begins when the last is done.
    public func reload() async -> Result<ReloadSummary, AdminError> {
        let before = last
        let task = Task {
            _ = await before?.value
            return await self.reloadNow()
        }
        last = task
        return await task.value
    }

    private func reloadNow() async -> Result<ReloadSummary, AdminError> {
        tellManager(.reloading(microseconds: SystemdNotifier.monotonicMicroseconds()))
        defer { tellManager(.ready) }
        do {
            let (load, pools) = (load, pools)
            // Commands that give keys may take their time.
            let (configuration, keys) = try await NIOThreadPool.singleton.runIfActive {
                let configuration = try load()
                return (configuration, try Self.readKeys(of: pools, configuration))
            }
            let changed = try exchange(keys)
            let summary = summary(configuration, changed)
            current = configuration
            threshold.level = configuration.log.level
            logger.notice("reloaded", metadata: summary.metadata)
            return .success(summary)
        } catch {
            // One line for each problem of a configuration file.
            for line in "\(error)".split(separator: "\n") {
                logger.error("not reloaded; everything stays as it was", metadata: ["error": "\(line)"])
            }
            return .failure(AdminError(.failed, "not reloaded, everything stays as it was: \(error)"))
        }
    }

    /// The keys of all pools that the new configuration still has. A pool's removal takes a restart.
    private static func readKeys(
        of pools: [AdministeredPool],
        _ configuration: Configuration
    ) throws -> [(AdministeredPool, KeyringReading)] {
        // All sources before the first is read, see KeyringSource.
        let standard = try KeyringSource(configuration)
        let sources = try pools.compactMap { pool in
            try configuration.keys(of: pool.name).map { own in
                (pool, try own.map { own in try pool.naming { try KeyringSource(own) } })
            }
        }
        let shared = try KeyringReading(standard)
        return try sources.map { pool, own in
            (pool, try own.map { own in try pool.naming { try KeyringReading(own) } } ?? shared)
        }
    }

    /// Gives each pool its keys, or none of them.
    private func exchange(_ keys: [(AdministeredPool, KeyringReading)]) throws -> [ReloadSummary.Pool] {
        var changed: [ReloadSummary.Pool] = []
        var done: [(AdministeredPool, KeyringReading)] = []
        for (pool, new) in keys {
            let old = pool.keys
            do {
                switch try pool.naming({ try pool.take(new) }) {
                case .unchanged: break
                case .changed: changed.append(.init(pool: pool.name.text, keys: new.keyring.keys.map { "\($0.id)" }))
                }
                done.append((pool, old))
            } catch {
                for (pool, old) in done { _ = try? pool.take(old) }
                throw error
            }
        }
        return changed
    }

    private func summary(_ new: Configuration, _ pools: [ReloadSummary.Pool]) -> ReloadSummary {
        ReloadSummary(
            pools: pools,
            changed: new.differences(from: current).filter(\.isReloaded).map(\.name),
            restart: new.differences(from: started).filter { !$0.isReloaded }.map(\.name)
        )
    }

    private func tellManager(_ state: SystemdNotifier.State) {
        do { try notifier?.notify(state) } catch {
            logger.warning("the service manager could not be notified", metadata: ["error": "\(error)"])
        }
    }
}

extension ReloadSummary {
    /// What changed, for the log.
    fileprivate var metadata: Logger.Metadata {
        var result: Logger.Metadata = [:]
        let keys = pools.map { "\($0.pool): \($0.keys.joined(separator: ", "))" }.joined(separator: "; ")
        if !keys.isEmpty { result["keys"] = "\(keys)" }
        if !changed.isEmpty { result["changed"] = "\(changed.joined(separator: ", "))" }
        if !restart.isEmpty { result["needs_restart"] = "\(restart.joined(separator: ", "))" }
        return result
    }
}
