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
        do {
            let destroyedMeanwhile: Bool
            switch try await hold(session, for: client, wait: min(wait, rules.lockWait)) {
            case .failure(let refusal): return .locked(refusal)
            case .success(let granted): destroyedMeanwhile = granted.destroyedMeanwhile
            }
            return try await readHeld(by: client, destroyedMeanwhile: destroyedMeanwhile)
        } catch {
            release(client)
            throw error
        }
    }

    /// Reads what was last written to a session, whoever holds its lock.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func readSnapshot(_ session: SessionReference) async throws -> ReadOutcome {
        let address = try sealer.address(of: session)
        let key = try records.metadataKey(at: address)
        // The latch keeps metadata and body of one version together.
        let opening = try await latches.withLatch(address) { try await records.open(session, at: address, with: key) }
        switch opening {
        case .found(let metadata, _, let data): return count(.found(version: metadata.version, data: data))
        case .absent(let absence): return count(.absent(absence))
        }
    }

    /// Makes the client the holder of the session's lock, if it is not already.
    private func hold(
        _ session: SessionReference,
        for client: SessionClient,
        wait: Duration
    ) async throws -> Result<GrantedLock, LockRefusal> {
        if let held = client.held, held.session == session, locks.refresh(held.ticket) {
            return .success(GrantedLock(ticket: held.ticket, destroyedMeanwhile: false))
        }
        release(client)
        let address = try sealer.address(of: session)
        let key = try records.metadataKey(at: address)
        let acquired = await acquire(address, for: client, wait: wait)
        if case .success(let granted) = acquired {
            client.held = HeldSession(session: session, ticket: granted.ticket, metadataKey: key, content: .absent)
        }
        return acquired
    }

    /// Reads the session that the client holds, and remembers what it found.
    private func readHeld(by client: SessionClient, destroyedMeanwhile: Bool) async throws -> ReadOutcome {
        guard var held = client.held else { return .locked(.cancelled) }
        let opening = try await latches.withLatch(held.address) {
            try await records.open(held.session, at: held.address, with: held.metadataKey)
        }
        switch opening {
        case .found(let metadata, let bodyKey, let data):
            held.content = .present(metadata, bodyKey)
            client.held = held
            return count(.found(version: metadata.version, data: data))
        case .absent(let absence):
            held.content = .absent
            client.held = held
            return count(.absent(absence == .unknown && destroyedMeanwhile ? .destroyed : absence))
        }
    }

    private func count(_ outcome: ReadOutcome) -> ReadOutcome {
        switch outcome {
        case .found: statistics.add(.found)
        case .absent: statistics.add(.absent)
        case .locked: break
        }
        return outcome
    }
}
