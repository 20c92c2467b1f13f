// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomProtocol
import CloakroomSessions
import CloakroomStatus
import CloakroomStore
import Logging

/// Turns what the gate asks into calls on the rules, and their outcome into an answer.
struct GateResponder: Sendable {
    private let pools: [AdministeredPool]
    private let services: [PoolName: SessionService]
    private let status: StatusReporter
    private let logger: Logger

    init(pools: [AdministeredPool], status: StatusReporter, logger: Logger) {
        self.pools = pools
        services = Dictionary(uniqueKeysWithValues: pools.map { ($0.name, $0.sessions) })
        self.status = status
        self.logger = logger
    }

    /// Says whether a session is alive; waits for nothing.
    ///
    /// - Parameter client: the gate's connection, which serves another browser with each check.
    func answer(_ check: GateRequest.Check, for client: SessionClient) -> GateResponse {
        let begin = LatencyClock.now()
        let pool = check.pool ?? .standard
        // The name is not repeated: the gate knows what it sent, and its group is not told which pools there are.
        guard let service = services[pool] else {
            return .error(ProtocolError(.unknownPool, "the daemon has no such pool; see [pools] in its configuration"))
        }
        client.claims = check.claims
        let response = answer(check, of: service, in: pool, for: client)
        let now = LatencyClock.now()
        service.latencies.count(.check, now - begin, now: now)
        return response
    }

    private func answer(
        _ check: GateRequest.Check,
        of service: SessionService,
        in pool: PoolName,
        for client: SessionClient
    ) -> GateResponse {
        do {
            switch try service.check(check.session, for: client, isActivity: check.isActivity) {
            case .alive(let session): return .alive(GateResponse.Alive(session))
            case .absent(let absence): return .notAlive(AbsenceReason(absence))
            case .guessing: return .error(.tooManyUnknownIDs)
            }
        } catch {
            logger.naming(pool).error("a check failed", metadata: ["error": "\(error)"])
            return .error(ProtocolError(for: error))
        }
    }

    /// How the daemon is, and who has locks. It takes milliseconds, and is not for an event loop.
    func statusAnswer() -> GateResponse {
        do {
            let report = StatusReport(daemon: status.daemon(), pools: pools.map(status.status))
            return .status(Array(try AdminJSON.encode(StatusSnapshot(report: report, locks: try locks()))))
        } catch {
            logger.error("the status could not be put together", metadata: ["error": "\(error)"])
            return .error(ProtocolError(for: error))
        }
    }

    /// Those that others wait for come first, then those held longest.
    private func locks() throws -> [LockRow] {
        let held = pools.flatMap { pool in pool.sessions.heldLocks().map { (pool: pool, lock: $0) } }
        let sorted = held.sorted { left, right in
            if left.lock.waiters.isEmpty != right.lock.waiters.isEmpty { return right.lock.waiters.isEmpty }
            return left.lock.holder.duration > right.lock.holder.duration
        }
        return try sorted.prefix(StatusSnapshot.mostLocks).map { pool, lock in
            let user = try pool.sessions.user(of: lock)
            return LockRow(lock, user: user, of: pool.name, mostWaiters: StatusSnapshot.mostWaiters)
        }
    }
}

extension GateResponse.Alive {
    fileprivate init(_ session: CheckedSession) {
        self.init(
            tag: session.tag,
            age: UInt32(clamping: session.age),
            idle: UInt32(clamping: session.idle),
            remaining: UInt32(clamping: session.remaining),
            user: session.user.map { User(name: $0.name, age: UInt32(clamping: $0.age)) }
        )
    }
}
