// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

/// Records as the rules see them: sealed on the way into the store and opened on the way out.
struct SessionRecords: Sendable {
    /// What opening a record gave.
    enum Opening: Sendable {
        case found(SessionMetadata, BodyKey, SessionData)
        case absent(Absence)
    }

    /// The sessions whose metadata is kept opened: 1 MiB of the secure heap.
    static let cachedSessions = 16_384

    let store: any SessionStore
    let cache: MetadataCache
    let usage: PoolUsage
    let sealer: SessionSealer
    let clock: any SessionClock
    let statistics: SessionStatistics
    let logger: Logger

    /// The key of a session's metadata.
    func metadataKey(at address: SessionAddress) throws -> MetadataKey {
        try cache[address]?.key ?? sealer.metadataKey(at: address)
    }

    /// Reads and opens a session. The caller holds the latch.
    func open(
        _ session: SessionReference,
        at address: SessionAddress,
        with key: MetadataKey
    ) async throws -> Opening {
        let metadata: SessionMetadata
        let body: [UInt8]?
        if let cached = cache[address] {
            metadata = cached.metadata
            body = try await reading(address) { try await store.body(at: address) }
        } else {
            guard let record = try await reading(address, { try await store.record(at: address) }) else {
                return .absent(.unknown)
            }
            guard let opened = try openMetadata(record.metadata, at: address, with: key) else {
                return .absent(.unreadable)
            }
            metadata = opened
            body = record.body
        }
        guard metadata.deadline > clock.now() else { return .absent(.expired) }
        guard let body else { return .absent(reject("body missing", address)) }
        let bodyKey = try sealer.bodyKey(for: session, dataKey: metadata.dataKey)
        switch try sealer.openBody(
            body,
            at: address,
            version: metadata.version,
            expires: metadata.bodyExpires,
            with: bodyKey
        ) {
        case .opened(let data): return .found(metadata, bodyKey, SessionData(data))
        case .rejected(let rejection): return .absent(reject("body: \(rejection)", address))
        }
    }

    /// A session's metadata; `nil` when there is none or it does not authenticate. The caller holds the latch.
    func metadata(at address: SessionAddress, with key: MetadataKey) async throws -> SessionMetadata? {
        if let cached = cache[address] { return cached.metadata }
        guard let value = try await reading(address, { try await store.metadata(at: address) }) else { return nil }
        return try openMetadata(value, at: address, with: key)
    }

    /// Removes a session and its expiry entry; answers whether there was one. The caller holds the latch.
    func remove(at address: SessionAddress, with key: MetadataKey) async throws -> Bool {
        guard let value = try await store.metadata(at: address) else { return false }
        let metadata = try cache[address]?.metadata ?? openMetadata(value, at: address, with: key)
        cache.forget(address)
        let filing = metadata.map(ExpiryFiling.init)
        try await store.remove(address, expiry: filing?.slot)
        if let filing { usage.removed(filing) }
        return true
    }

    /// Counts a session that is about to be made, or answers which limit of the pool it would exceed.
    func admit(_ metadata: SessionMetadata) async throws -> PoolLimit? {
        try await usage.admit(ExpiryFiling(metadata))
    }

    /// Seals and stores a session's contents. `previous` is the metadata that they replace; a session without any was
    /// admitted before.
    func put(
        _ data: SessionData,
        at address: SessionAddress,
        metadata: SessionMetadata,
        keys: (metadata: MetadataKey, body: BodyKey),
        replacing previous: SessionMetadata?
    ) async throws {
        let body = try sealer.sealBody(
            data.bytes,
            at: address,
            version: metadata.version,
            expires: metadata.bodyExpires,
            with: keys.body
        )
        try await apply(metadata, body: body, at: address, with: keys.metadata, replacing: previous)
    }

    /// Stores new metadata for a session whose contents stay as they are.
    func update(
        at address: SessionAddress,
        from previous: SessionMetadata,
        to metadata: SessionMetadata,
        with key: MetadataKey
    ) async throws {
        var body: [UInt8]?
        if metadata.bodyExpires != previous.bodyExpires {
            // The header is outside the body's seal for this: it can be moved without the session id.
            body = try await store.body(at: address).map {
                RecordHeader(expires: metadata.bodyExpires).bytes + $0.dropFirst(RecordHeader.length)
            }
        }
        try await apply(metadata, body: body, at: address, with: key, replacing: previous)
    }

    private func apply(
        _ metadata: SessionMetadata,
        body: [UInt8]?,
        at address: SessionAddress,
        with key: MetadataKey,
        replacing previous: SessionMetadata?
    ) async throws {
        let (previous, next) = (previous.map(ExpiryFiling.init), ExpiryFiling(metadata))
        var stray: ExpiryFiling?
        do {
            // An unreadable record leaves an entry behind, as nobody knows where it was filed; this one may take its place.
            if previous?.slot != next.slot { stray = try await store.filing(of: address, under: next.slot) }
            try await store.apply(
                RecordUpdate(
                    address: address,
                    metadata: try sealer.seal(metadata, at: address, with: key),
                    body: body,
                    previousExpiry: previous,
                    expiry: next
                )
            )
        } catch {
            // The store may have either.
            cache.forget(address)
            if previous == nil { usage.removed(next) }
            throw error
        }
        if let previous { usage.replaced(previous, with: next) }
        if let stray { usage.removed(stray) }
        cache.note(metadata, key: key, at: address)
    }

    private func openMetadata(
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey
    ) throws -> SessionMetadata? {
        switch try sealer.openMetadata(value, at: address, with: key) {
        case .opened(let metadata):
            cache.note(metadata, key: key, at: address)
            return metadata
        case .rejected(let rejection):
            _ = reject("metadata: \(rejection)", address)
            return nil
        }
    }

    /// Reads from the store, and logs which session it is that cannot be read.
    private func reading<Value>(
        _ address: SessionAddress,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            logger.error(
                "a stored session cannot be read",
                metadata: ["session": "\(address.tag)", "error": "\(error)"]
            )
            throw error
        }
    }

    /// Logs that a record was refused, and counts it.
    private func reject(_ what: String, _ address: SessionAddress) -> Absence {
        cache.forget(address)
        statistics.add(.unreadable)
        logger.error(
            "a stored session does not authenticate and was refused: it was damaged or tampered with",
            metadata: ["session": "\(address.tag)", "reason": "\(what)"]
        )
        return .unreadable
    }
}
