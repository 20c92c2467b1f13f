// SPDX-License-Identifier: Apache-2.0

public import ServiceLifecycle
import UnixSignals

/// Reloads when the process gets SIGHUP, as `systemctl reload` sends it.
public struct ReloadService: Service {
    private let reloader: Reloader

    /// Has `reloader` read everything again.
    public init(_ reloader: Reloader) { self.reloader = reloader }

    /// Reloads until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { _ = await reloader.reload() }
        }
    }
}
