// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSystem
import Glibc

/// The life of the process: it starts the threads, looks after them, and ends in order.
struct GateProcess {
    /// How often deadlines are looked at.
    private static let tick = Duration.milliseconds(250)
    /// How often they are at the end, when whoever stops the process waits.
    private static let lastTick = Duration.milliseconds(10)

    let settings: GateService.Settings
    let requestLimit: Duration
    let listening: GateListening

    /// Serves until SIGTERM or SIGINT, and until the requests that have begun are answered.
    ///
    /// - Throws: ``SystemError`` or ``SystemdError``
    func run() throws {
        let notifier = try SystemdNotifier.fromEnvironment()
        let watchdog = try SystemdWatchdog.interval()
        let server = try GateServer(listening.listeners, limits: .init(request: requestLimit))
        let service = GateService(settings)
        for _ in 0..<settings.threads {
            try ServiceThread.start { GateWorker(server, service).run() }
        }
        GateLog.write(
            .notice,
            "started: version \(ProductVersion.current), socket \(listening.description), daemon \(settings.daemon)"
        )
        tell(notifier, .ready)
        var nextSign = MonotonicTime.now
        while !Self.isToStop(within: Self.tick) {
            server.tick()
            guard let watchdog, nextSign <= .now else { continue }
            tell(notifier, .watchdog)
            nextSign = .now + watchdog
        }
        tell(notifier, .stopping)
        // New requests go to whoever listens at the path from now on.
        listening.close()
        stop(server)
        GateLog.write(.notice, "stopped")
    }

    private func stop(_ server: GateServer) {
        let deadline = MonotonicTime.now + requestLimit
        server.stop()
        repeat {
            server.connections.endAllIdle()
            server.connections.reap()
            guard server.connections.count > 0 else { return }
        } while !Self.isToStop(within: Self.lastTick) && deadline > .now
    }

    /// A manager that cannot be told is no reason to stop serving.
    private func tell(_ notifier: SystemdNotifier?, _ state: SystemdNotifier.State) {
        do { try notifier?.notify(state) } catch { GateLog.write(.warning, "\(error)") }
    }

    private static func isToStop(within duration: Duration) -> Bool {
        var signals = ProcessSetup.stopSignals
        let (seconds, attoseconds) = duration.components
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        return sigtimedwait(&signals, nil, &limit) > 0
    }
}
