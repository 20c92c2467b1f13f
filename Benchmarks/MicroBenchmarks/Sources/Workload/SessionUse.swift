// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import Synchronization

/// A client and its session.
final class SessionUse: Sendable {
    private let client = SessionClient(pid: 1)
    private let daemon: DaemonParts
    private let session: SessionReference
    private let data = Samples.data()
    private let version = Atomic<UInt64>(0)
    private let steps = Atomic<UInt64>(0)

    /// Makes the session; the client holds its lock.
    init(_ daemon: DaemonParts, _ session: SessionReference) throws {
        self.daemon = daemon
        self.session = session
        let outcome = try daemon.service.readLockedNow(SessionRead(session: session), for: client)
        guard case .absent = outcome else {
            throw WorkloadError("expected no session")
        }
        try write()
    }

    func read() throws {
        let outcome = try daemon.service.readLockedNow(SessionRead(session: session), for: client)
        guard case .found(let version, _) = outcome else { throw WorkloadError("expected the session") }
        self.version.store(version, ordering: .relaxed)
    }

    func write() throws {
        let write = SessionWrite(
            session: session,
            version: version.load(ordering: .relaxed),
            token: step(),
            lifetime: 1440,
            data: data
        )
        guard case .written(let version) = try daemon.service.writeNow(write, for: client) else {
            throw WorkloadError("expected the session to be written")
        }
        self.version.store(version, ordering: .relaxed)
    }

    /// Moves the deadline by a second, there and back.
    func touch() throws { try touch(at: Samples.time.advanced(by: step() % 2)) }

    /// Moves the deadline into another slot of expiry each time.
    func touchMuchLater() throws { try touch(at: Samples.time.advanced(by: 30 * step())) }

    private func touch(at time: UnixTime) throws {
        daemon.clock.set(time)
        try daemon.service.touch(session, version: version.load(ordering: .relaxed), lifetime: 1440, for: client)
    }

    func release() { daemon.service.release(client) }

    private func step() -> UInt64 { steps.wrappingAdd(1, ordering: .relaxed).newValue }
}
