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

    let store: any SessionStore
    let sealer: SessionSealer
    let clock: any SessionClock
    let statistics: SessionStatistics
    let logger: Logger

    /// Reads and opens a session.
    func open(
        _ session: SessionReference,
        at address: SessionAddress,
        with key: MetadataKey
    ) async throws -> Opening {
        guard let record = try await store.record(at: address) else { return .absent(.unknown) }
        guard let metadata = try openMetadata(record.metadata, at: address, with: key) else {
            return .absent(.unreadable)
        }
        guard metadata.deadline > clock.now() else { return .absent(.expired) }
        guard let body = record.body else { return .absent(reject("body missing", address)) }
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

    /// Reads and opens only a session's metadata; `nil` when there is none or it does not authenticate.
    func metadata(at address: SessionAddress, with key: MetadataKey) async throws -> SessionMetadata? {
        guard let value = try await store.metadata(at: address) else { return nil }
        return try openMetadata(value, at: address, with: key)
    }

    /// Seals and stores a session's contents. `previous` is the metadata that they replace.
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
        try await store.apply(
            RecordUpdate(
                address: address,
                metadata: try sealer.seal(metadata, at: address, with: keys.metadata),
                body: body,
                previousExpiry: previous.map { ExpirySlot($0.expirySlot) },
                expiry: ExpirySlot(metadata.expirySlot)
            )
        )
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
            body = try await store.record(at: address)?.body.map {
                RecordHeader(expires: metadata.bodyExpires).bytes + $0.dropFirst(RecordHeader.length)
            }
        }
        try await store.apply(
            RecordUpdate(
                address: address,
                metadata: try sealer.seal(metadata, at: address, with: key),
                body: body,
                previousExpiry: ExpirySlot(previous.expirySlot),
                expiry: ExpirySlot(metadata.expirySlot)
            )
        )
    }

    private func openMetadata(
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey
    ) throws -> SessionMetadata? {
        switch try sealer.openMetadata(value, at: address, with: key) {
        case .opened(let metadata): return metadata
        case .rejected(let rejection):
            _ = reject("metadata: \(rejection)", address)
            return nil
        }
    }

    /// Logs that a record was refused, and counts it.
    private func reject(_ what: String, _ address: SessionAddress) -> Absence {
        statistics.add(.unreadable)
        logger.error(
            "a stored session does not authenticate and was refused: it was damaged or tampered with",
            metadata: ["session": "\(address.tag)", "reason": "\(what)"]
        )
        return .unreadable
    }
}
