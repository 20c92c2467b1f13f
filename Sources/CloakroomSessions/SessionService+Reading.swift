// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto

/// What a client wants to read.
public struct SessionRead: Sendable {
    /// The session.
    public var session: SessionReference
    /// The session whose place it takes under a new id, or `nil`.
    public var previous: SessionReference?

    /// Joins the fields.
    public init(session: SessionReference, previous: SessionReference? = nil) {
        self.session = session
        self.previous = previous
    }
}

extension SessionService {
    /// Reads a session when `client` holds its lock, waiting for it at most `wait` and at most the rules' limit. The lock
    /// stays with the client, also when the session is absent, unless it is another browser's; one that it held on another session
    /// is released.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the client then holds no lock.
    public func readLocked(
        _ session: SessionReference,
        for client: SessionClient,
        wait: Duration
    ) async throws -> ReadOutcome {
        try await readLocked(SessionRead(session: session), for: client, wait: wait)
    }

    /// As ``readLocked(_:for:wait:)``, also of a session that takes the place of another.
    ///
    /// - Throws: as there.
    public func readLocked(
        _ read: SessionRead,
        for client: SessionClient,
        wait: Duration
    ) async throws -> ReadOutcome {
        if let outcome = try readLockedNow(read, for: client) { return outcome }
        let address = try sealer.address(of: read.session)
        // Whoever has another's cookie does not take up the owner's place in the queue.
        if let refusal = try refusal(at: address, for: client) { return absent(refusal) }
        switch await acquire(address, for: client, wait: min(wait, rules.lockWait)) {
        case .failure(let refusal): return .locked(refusal)
        case .success(let granted):
            return try self.read(read, granted.ticket, for: client, destroyedMeanwhile: granted.destroyedMeanwhile)
        }
    }

    /// As ``readLocked(_:for:wait:)``, or answers `nil` when there is something to wait for: somebody else has the lock.
    ///
    /// - Throws: as there.
    public func readLockedNow(_ read: SessionRead, for client: SessionClient) throws -> ReadOutcome? {
        if let held = client.held, held.session == read.session, locks.refresh(held.ticket) {
            return try self.read(read, held.ticket, for: client, destroyedMeanwhile: false)
        }
        release(client)
        let address = try sealer.address(of: read.session)
        guard let ticket = locks.acquireNow(address, for: client.identity) else { return nil }
        return try self.read(read, ticket, for: client, destroyedMeanwhile: false)
    }

    /// Reads what was last written to a session, whoever holds its lock.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func readSnapshot(_ session: SessionReference, for client: SessionClient) throws -> ReadOutcome {
        let address = try sealer.address(of: session)
        switch try open(session, at: address, for: client) {
        case .found(let opened, _, let data): return found(opened, data)
        case .absent(let absence): return absent(absence)
        }
    }

    /// Reads the session whose lock the client has, and remembers what it found.
    private func read(
        _ read: SessionRead,
        _ ticket: LockTicket,
        for client: SessionClient,
        destroyedMeanwhile: Bool
    ) throws -> ReadOutcome {
        do {
            switch try open(read.session, at: ticket.address, for: client) {
            case .found(let opened, let bodyKey, let data):
                client.held = HeldSession(read.session, ticket: ticket, content: .present(opened, bodyKey))
                return found(opened, data)
            case .absent(let absence) where absence == .otherAddress || absence == .otherAgent:
                client.held = nil
                locks.release(ticket)
                return absent(absence)
            case .absent(let absence):
                let heir = try read.previous.flatMap { try retire($0, for: read.session, of: client) }
                client.held = HeldSession(read.session, ticket: ticket, content: .absent(heir))
                return absent(absence == .unknown && destroyedMeanwhile ? .destroyed : absence)
            }
        } catch {
            client.held = nil
            locks.release(ticket)
            throw error
        }
    }

    /// Opens a session for a client, if it is alive and the client's browser may have it.
    private func open(
        _ session: SessionReference,
        at address: SessionAddress,
        for client: SessionClient
    ) throws -> SessionRecords.Opening {
        // The latch keeps metadata and body of one version together.
        let opening = try latches.withLatch(address) { try records.open(session, at: address) }
        switch opening {
        case .found(let opened, _, _):
            if let refusal = try judge(opened.metadata, at: address, for: client) { return .absent(refusal) }
        case .absent(.replaced): try noteReuse(at: address, by: client)
        case .absent: break
        }
        return opening
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
