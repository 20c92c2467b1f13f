// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Glibc
import Logging

extension SessionService {
    /// Takes over a session that another handler kept. It never takes the place of one that is there, and never brings back one that is
    /// remembered as over. The copy is read back and compared before the answer; bring it to disk with ``synchronize()`` before
    /// what it was copied from is removed.
    ///
    /// The session is bound to the browser that the client serves, as one that is made. Without a client, or for one that serves no
    /// browser, it is bound by its first use. It belongs to nobody until a write says to whom.
    ///
    /// - Parameters:
    ///   - session: what was kept.
    ///   - reference: its name and id.
    ///   - client: whoever asks. If it holds the session's lock, it has the session afterwards as if it had been read. Otherwise the
    ///     lock is taken for this, and nobody is waited for.
    /// - Throws: `StoreError` or `CryptoError`; nothing was stored, or what was stored was removed again.
    public func adopt(
        _ session: AdoptedSession,
        as reference: SessionReference,
        for client: SessionClient? = nil
    ) async throws -> AdoptionOutcome {
        while true {
            if let outcome = try adoptNow(session, as: reference, for: client) { return outcome }
            try await records.usage.prepare()
        }
    }

    /// As ``adopt(_:as:for:)``, or answers `nil` when there is something to wait for: what the pool holds is still being counted.
    ///
    /// - Throws: as there.
    public func adoptNow(
        _ session: AdoptedSession,
        as reference: SessionReference,
        for client: SessionClient? = nil
    ) throws -> AdoptionOutcome? {
        guard session.data.count <= rules.maximumData else { return .tooLarge(limit: rules.maximumData) }
        if let client, let held = client.held, held.session == reference {
            return try adopt(session, as: reference, heldBy: client, held)
        }
        let address = try sealer.address(of: reference)
        let identity = client?.identity ?? LockClient(pid: getpid(), label: .none)
        guard let ticket = locks.acquireNow(address, for: identity) else { return .locked }
        defer { locks.release(ticket) }
        let adoption = try latches.withLatch(address) {
            try store(session, as: reference, at: address, for: client)
        }
        return adoption.map { answer($0, at: address, client) }
    }

    private func adopt(
        _ session: AdoptedSession,
        as reference: SessionReference,
        heldBy client: SessionClient,
        _ held: HeldSession
    ) throws -> AdoptionOutcome? {
        let adoption: Adoption? = try latches.withLatch(held.address) {
            switch locks.standing(of: held.ticket) {
            case .lost: return .decided(.locked)
            // It was there meanwhile, and was destroyed: what is kept elsewhere is older than that.
            case .stale: return .decided(.ended)
            case .current: return try store(session, as: reference, at: held.address, for: client)
            }
        }
        guard let adoption else { return nil }
        if case .stored(let opened, let bodyKey) = adoption { client.held = held.with(.present(opened, bodyKey)) }
        return answer(adoption, at: held.address, client)
    }

    /// What became of a session that was to be adopted.
    private enum Adoption {
        /// It is stored.
        case stored(OpenedMetadata, BodyKey)
        /// Nothing was stored.
        case decided(AdoptionOutcome)
    }

    /// Decides, stores and reads back; `nil` when it is not known yet what the pool holds. The caller holds latch and lock.
    private func store(
        _ session: AdoptedSession,
        as reference: SessionReference,
        at address: SessionAddress,
        for client: SessionClient?
    ) throws -> Adoption? {
        switch try records.open(reference, at: address) {
        case .found(let opened, _, let data):
            if opened.metadata.retired != nil { return .decided(.ended) }
            return .decided(.exists(isEqual: data == session.data, lastSeen: opened.metadata.lastSeen))
        case .absent(.unknown): break
        case .absent(.unreadable): return .decided(.unreadable)
        case .absent: return .decided(.ended)
        }
        let microseconds = clock.microseconds()
        var metadata = SessionMetadata.adopt(
            session,
            dataKey: try .random(),
            microseconds: microseconds,
            rules.lifetimes
        )
        guard metadata.end(now: UnixTime(seconds: microseconds / 1_000_000), rules.lifetimes) == nil else {
            return .decided(.expired)
        }
        if let client { try bind(&metadata, to: client) }
        switch records.admit(metadata) {
        case .admitted: break
        case .refused(let limit): return .decided(.poolFull(limit))
        case .unknown: return nil
        }
        let key = try sealer.bodyKey(for: reference, dataKey: metadata.dataKey)
        let opened = try records.put(session.data, at: address, metadata: metadata, bodyKey: key, replacing: nil)
        do { try records.readBack(session.data, of: reference, at: address) } catch {
            records.cache.forget(address)
            let filing = ExpiryFiling(metadata)
            try records.store.remove(address, expiry: filing.slot)
            records.usage.removed(filing)
            throw error
        }
        return .stored(opened, key)
    }

    private func answer(
        _ adoption: Adoption,
        at address: SessionAddress,
        _ client: SessionClient?
    ) -> AdoptionOutcome {
        switch adoption {
        case .stored(let opened, _):
            statistics.add(.adopted)
            events.note(.adopted, address, client)
            return .adopted(version: opened.metadata.version)
        case .decided(.poolFull(let limit)):
            statistics.add(.overLimit)
            logger.warning("the pool is full: new sessions are refused", metadata: ["limit": "\(limit)"])
            return .poolFull(limit)
        case .decided(let outcome): return outcome
        }
    }
}
