// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions

extension Operation {
    /// Locks, by reading a session that no store has: without the lock, with it, and with a second client waiting.
    static let locks = [
        Operation("read nothing") {
            let (service, session) = (try rules(), try Samples.session(0))
            let client = SessionClient(pid: 1)
            return { for _ in 0..<$0 { _ = try service.readSnapshot(session, for: client) } }
        },
        Operation("lock, read nothing, release") {
            let (service, session) = (try rules(), try Samples.session(0))
            let client = SessionClient(pid: 1)
            return {
                for _ in 0..<$0 {
                    _ = try require(service.readLockedNow(SessionRead(session: session), for: client), "the lock")
                    service.release(client)
                }
            }
        },
        Operation("lock handed over, read nothing") {
            let (service, session) = (try rules(), try Samples.session(0))
            let (one, other) = (SessionClient(pid: 1), SessionClient(pid: 2))
            return { count in
                var (holder, waiter) = (one, other)
                _ = try require(service.readLockedNow(SessionRead(session: session), for: holder), "the lock")
                for _ in 0..<count {
                    try await handOver(session, from: holder, to: waiter, by: service)
                    swap(&holder, &waiter)
                }
                service.release(holder)
            }
        },
    ]

    private static func rules() throws -> SessionService {
        DaemonParts.service(over: EmptyStore(), try Samples.sealer(), ManualClock())
    }

    /// As in the daemon, a request that must wait runs until it does, and goes on elsewhere once it is served.
    private static func handOver(
        _ session: SessionReference,
        from holder: SessionClient,
        to waiter: SessionClient,
        by service: SessionService
    ) async throws {
        let request = Task.immediate { try await service.readLocked(session, for: waiter, wait: Samples.wait) }
        service.release(holder)
        guard case .absent = try await request.value else { throw WorkloadError("expected the lock") }
    }
}
