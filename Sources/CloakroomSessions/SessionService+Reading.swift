// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto

extension SessionService {
    /// Reads a session when `client` holds its lock, waiting for it at most `wait` and at most the rules' limit. The lock
    /// stays with the client, also when the session is absent; one that it held on another session is released.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the client then holds no lock.
    public func readLocked(
        _ session: SessionReference,
        for client: SessionClient,
        wait: Duration
    ) async throws -> ReadOutcome {
        if let outcome = try readLockedNow(session, for: client) { return outcome }
        let address = try sealer.address(of: session)
        switch await acquire(address, for: client, wait: min(wait, rules.lockWait)) {
        case .failure(let refusal): return .locked(refusal)
        case .success(let granted):
            return try read(session, granted.ticket, for: client, destroyedMeanwhile: granted.destroyedMeanwhile)
        }
    }

    /// As ``readLocked(_:for:wait:)``, or answers `nil` when there is something to wait for: somebody else has the lock.
    ///
    /// - Throws: as there.
    public func readLockedNow(_ session: SessionReference, for client: SessionClient) throws -> ReadOutcome? {
        if let held = client.held, held.session == session, locks.refresh(held.ticket) {
            return try read(session, held.ticket, for: client, destroyedMeanwhile: false)
        }
        release(client)
        let address = try sealer.address(of: session)
        guard let ticket = locks.acquireNow(address, for: client.identity) else { return nil }
        return try read(session, ticket, for: client, destroyedMeanwhile: false)
    }

    /// Reads what was last written to a session, whoever holds its lock.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func readSnapshot(_ session: SessionReference) throws -> ReadOutcome {
        let address = try sealer.address(of: session)
        // The latch keeps metadata and body of one version together.
        switch try latches.withLatch(address, { try records.open(session, at: address) }) {
        case .found(let opened, _, let data): return found(opened, data)
        case .absent(let absence): return absent(absence)
        }
    }

    /// Reads the session whose lock the client has, and remembers what it found.
    private func read(
        _ session: SessionReference,
        _ ticket: LockTicket,
        for client: SessionClient,
        destroyedMeanwhile: Bool
    ) throws -> ReadOutcome {
        let address = ticket.address
        do {
            switch try latches.withLatch(address, { try records.open(session, at: address) }) {
            case .found(let opened, let bodyKey, let data):
                client.held = HeldSession(session, ticket: ticket, content: .present(opened, bodyKey))
                return found(opened, data)
            case .absent(let absence):
                client.held = HeldSession(session, ticket: ticket, content: .absent)
                return absent(absence == .unknown && destroyedMeanwhile ? .destroyed : absence)
            }
        } catch {
            client.held = nil
            locks.release(ticket)
            throw error
        }
    }

    private func found(_ opened: OpenedMetadata, _ data: SessionData) -> ReadOutcome {
        statistics.add(.found)
        return .found(version: opened.metadata.version, data: data)
    }

    private func absent(_ absence: Absence) -> ReadOutcome {
        statistics.add(.absent)
        return .absent(absence)
    }
}
