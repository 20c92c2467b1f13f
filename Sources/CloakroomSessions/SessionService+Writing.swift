// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

extension SessionService {
    /// Stores a session's contents if nobody else has written them since they were read. A client that does not hold the
    /// session's lock takes it for that long.
    ///
    /// - Throws: `StoreError` or `CryptoError`; nothing was stored.
    public func write(_ write: SessionWrite, for client: SessionClient) async throws -> WriteOutcome {
        guard write.data.count <= rules.maximumData else { return .tooLarge }
        if let held = client.held, held.session == write.session,
            let (outcome, content) = try await writeHeld(write, held)
        {
            if let content { client.held?.content = content }
            return count(outcome)
        }
        let address = try sealer.address(of: write.session)
        let key = try records.metadataKey(at: address)
        let locked = try await withLock(address, for: client) {
            try await latches.withLatch(address) {
                let current = try await records.metadata(at: address, with: key)
                return try await store(write, at: address, with: key, over: current, bodyKey: nil).outcome
            }
        }
        switch locked {
        case .success(let outcome): return count(outcome)
        case .failure(let refusal): return .locked(refusal)
        }
    }

    /// Moves the expiry of a session that was read as `version`; does nothing when there is no such session.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func touch(
        _ session: SessionReference,
        version: UInt64,
        lifetime: UInt32,
        for client: SessionClient
    ) async throws {
        if let held = client.held, held.session == session {
            return try await latches.withLatch(held.address) {
                guard locks.isCurrent(held.ticket), case .present(let metadata, let bodyKey) = held.content else {
                    return
                }
                let next = try await touch(metadata, version, lifetime, at: held.address, with: held.metadataKey)
                client.held?.content = .present(next, bodyKey)
            }
        }
        let address = try sealer.address(of: session)
        let key = try records.metadataKey(at: address)
        try await latches.withLatch(address) {
            // While somebody holds the session, what he knows of its metadata must stay true.
            guard !locks.isHeld(address), let metadata = try await records.metadata(at: address, with: key),
                metadata.deadline > clock.now()
            else { return }
            _ = try await touch(metadata, version, lifetime, at: address, with: key)
        }
    }

    /// Removes a session, and answers whether there was one. The client's lock is released; whoever else holds the session
    /// cannot write it any more.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the session is still there.
    public func destroy(_ session: SessionReference, for client: SessionClient) async throws -> Bool {
        defer { release(client) }
        let address = try sealer.address(of: session)
        let key = try records.metadataKey(at: address)
        let existed = try await latches.withLatch(address) {
            let existed = try await records.remove(at: address, with: key)
            locks.sessionWasDestroyed(address)
            return existed
        }
        if existed { statistics.add(.destroyed) }
        return existed
    }

    /// Writes on the strength of the client's lock; `nil` when that was taken over.
    private func writeHeld(
        _ write: SessionWrite,
        _ held: HeldSession
    ) async throws -> (outcome: WriteOutcome, content: KnownContent?)? {
        try await latches.withLatch(held.address) {
            guard locks.isHeld(by: held.ticket) else { return nil }
            var current: SessionMetadata?
            var bodyKey: BodyKey?
            if locks.isCurrent(held.ticket), case .present(let metadata, let key) = held.content {
                current = metadata
                bodyKey = key
            } else {
                // Destroyed by somebody else meanwhile, so that what was known is not true any more; or absent, which an
                // expired session is, too, whose record is replaced.
                current = try await records.metadata(at: held.address, with: held.metadataKey)
            }
            return try await store(
                write,
                at: held.address,
                with: held.metadataKey,
                over: current,
                bodyKey: bodyKey
            )
        }
    }

    /// Decides about a write and carries it out; answers what is known of the record then, if it was changed. The caller
    /// holds the latch.
    private func store(
        _ write: SessionWrite,
        at address: SessionAddress,
        with metadataKey: MetadataKey,
        over current: SessionMetadata?,
        bodyKey knownBodyKey: BodyKey?
    ) async throws -> (outcome: WriteOutcome, content: KnownContent?) {
        let microseconds = clock.microseconds()
        let now = UnixTime(seconds: microseconds / 1_000_000)
        var metadata: SessionMetadata
        var bodyKey: BodyKey?
        let event: SessionStatistics.Event
        switch WriteDecision(version: write.version, token: write.token, current: current, now: now) {
        case .conflict: return (.conflict, nil)
        case .gone: return (.gone, nil)
        case .alreadyWritten(let version): return (.written(version: version), nil)
        case .create:
            metadata = .make(dataKey: try .random(), microseconds: microseconds)
            event = .created
        case .update(let current):
            metadata = current
            metadata.version += 1
            bodyKey = knownBodyKey
            event = .updated
        }
        metadata.contentsWereWritten(size: write.data.count, token: write.token, lifetime: write.lifetime, now: now)
        if current == nil, let limit = try await records.admit(metadata) { return (.poolFull(limit), nil) }
        let key = try bodyKey ?? sealer.bodyKey(for: write.session, dataKey: metadata.dataKey)
        try await records.put(
            write.data,
            at: address,
            metadata: metadata,
            keys: (metadataKey, key),
            replacing: current
        )
        statistics.add(event)
        return (.written(version: metadata.version), .present(metadata, key))
    }

    private func touch(
        _ metadata: SessionMetadata,
        _ version: UInt64,
        _ lifetime: UInt32,
        at address: SessionAddress,
        with key: MetadataKey
    ) async throws -> SessionMetadata {
        var next = metadata
        next.wasSeen(lifetime: lifetime, now: clock.now())
        // Times are whole seconds: a second touch within one changes nothing.
        guard metadata.version == version, next.deadline != metadata.deadline else { return metadata }
        try await records.update(at: address, from: metadata, to: next, with: key)
        statistics.add(.touched)
        return next
    }

    private func count(_ outcome: WriteOutcome) -> WriteOutcome {
        switch outcome {
        case .conflict, .gone: statistics.add(.conflicts)
        case .poolFull(let limit):
            statistics.add(.overLimit)
            logger.warning("the pool is full: new sessions are refused", metadata: ["limit": "\(limit)"])
        case .written, .tooLarge, .locked: break
        }
        return outcome
    }
}
