// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomSessions
import CloakroomStore
public import Logging
public import ServiceLifecycle

/// Keeps the service manager informed: ready, alive, what has been done, stopping (sd_notify(3)).
public struct NotifyService: Service {
    /// How often the status line is renewed, when there is no watchdog to do more often.
    private static let statusInterval = Duration.seconds(10)

    private let notifier: SystemdNotifier
    private let watchdog: Duration?
    private let pools: [SessionService]
    private let logger: Logger

    /// A service that reports at `watchdog` intervals, or every ten seconds.
    public init(notifier: SystemdNotifier, watchdog: Duration?, pools: [SessionService], logger: Logger) {
        self.notifier = notifier
        self.watchdog = watchdog
        self.pools = pools
        self.logger = logger
    }

    /// Reports until a graceful shutdown.
    public func run() async throws {
        send(.ready, .status("serving"))
        let interval = min(watchdog ?? Self.statusInterval, Self.statusInterval)
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil {
                if watchdog != nil { send(.watchdog) }
                send(.status(status))
            }
        }
        send(.stopping, .status("stopping"))
    }

    private var status: String {
        let names = pools.count > 1 ? "pools=\(pools.count) " : ""
        let known = pools.compactMap(\.usage)
        let sum = known.reduce(into: StoreUsage()) { $0.add($1) }
        let usage = known.count == pools.count ? "sessions=\(sum.sessions) kib=\(sum.kibibytes) " : ""
        return names + usage + SessionStatistics.summary(of: pools.map(\.statistics))
    }

    /// A manager that cannot be told is no reason to stop serving.
    private func send(_ states: SystemdNotifier.State...) {
        for state in states {
            do { try notifier.notify(state) } catch {
                logger.warning("the service manager could not be notified", metadata: ["error": "\(error)"])
            }
        }
    }
}
