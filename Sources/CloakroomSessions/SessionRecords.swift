// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

/// Records as the rules see them: sealed on the way into the store and opened on the way out.
struct SessionRecords: Sendable {
    /// What opening a record gave.
    enum Opening: Sendable {
        case found(OpenedMetadata, BodyKey, SessionData)
        case absent(Absence)
    }

    let store: any SessionStore
    let cache: MetadataCache
    let usage: PoolUsage
    let sealer: SessionSealer
    let clock: any SessionClock
    let lifetimes: LifetimeRules
    let statistics: SessionStatistics
    let logger: Logger
    /// Names the keys that are missing.
    let missingKeys = MissingKeyLog()

    /// Reads and opens a session. The caller holds the latch.
    func open(_ session: SessionReference, at address: SessionAddress) throws -> Opening {
        let opened: OpenedMetadata
        let body: [UInt8]?
        if let cached = cache.lookUp(address) {
            opened = cached
            body = try reading(address) { try store.body(at: address) }
        } else {
            guard let record = try reading(address, { try store.record(at: address) }) else {
                return .absent(.unknown)
            }
            guard let fresh = try openMetadata(record.metadata, at: address) else { return .absent(.unreadable) }
            opened = fresh
            body = record.body
        }
        let metadata = opened.metadata
        if let end = metadata.end(now: clock.now(), lifetimes) { return .absent(Absence(end)) }
        guard let body else { return .absent(reject("body missing", address)) }
        let bodyKey = try sealer.bodyKey(for: session, dataKey: metadata.dataKey)
        switch try sealer.openBody(
            body,
            at: address,
            version: metadata.version,
            expires: metadata.bodyExpires,
            with: bodyKey
        ) {
        case .opened(let data): return .found(opened, bodyKey, SessionData(data))
        case .rejected(let rejection): return .absent(reject("body: \(rejection)", address))
        }
    }

    /// What the store has of a session beside its contents.
    enum KnownMetadata {
        /// Its metadata.
        case opened(OpenedMetadata)
        /// Something that does not authenticate.
        case unreadable
        /// Nothing.
        case none
    }

    /// Opens a session's metadata. The caller holds the latch.
    func knownMetadata(at address: SessionAddress) throws -> KnownMetadata {
        if let cached = cache.lookUp(address) { return .opened(cached) }
        guard let value = try reading(address, { try store.metadata(at: address) }) else { return .none }
        return try openMetadata(value, at: address).map { .opened($0) } ?? .unreadable
    }

    /// A session's metadata; `nil` when there is none or it does not authenticate. The caller holds the latch.
    func metadata(at address: SessionAddress) throws -> OpenedMetadata? {
        if case .opened(let opened) = try knownMetadata(at: address) { opened } else { nil }
    }

    /// What was removed.
    struct Removal {
        /// Its metadata; `nil` when they did not authenticate.
        let metadata: SessionMetadata?
    }

    /// Removes a session and its expiry entry; answers what it was, or `nil` when there is none, or none that is meant: what does not
    /// authenticate always is. The caller holds the latch.
    ///
    /// - Parameter isRemembered: whether that it was removed is remembered for as long as it would have lived.
    func remove(
        at address: SessionAddress,
        isRemembered: Bool,
        if isMeant: (SessionMetadata) -> Bool
    ) throws -> Removal? {
        guard let value = try store.metadata(at: address) else { return nil }
        let opened = try cache[address] ?? openMetadata(value, at: address)
        if let opened, opened.metadata.isDestroyed || !isMeant(opened.metadata) { return nil }
        if isRemembered, let opened {
            var metadata = opened.metadata
            metadata.destroy(at: clock.now())
            let body = RecordHeader(expires: metadata.bodyExpires).bytes
            _ = try apply(metadata, body: body, at: address, replacing: opened)
            return Removal(metadata: opened.metadata)
        }
        cache.forget(address)
        let filing = try opened.map { try self.filing(of: $0, at: address) }
        try store.remove(address, expiry: filing?.slot)
        if let filing { usage.removed(filing) }
        return Removal(metadata: opened?.metadata)
    }

    /// Counts a session that is about to be made, or answers which limit of the pool it would exceed; see
    /// ``PoolUsage/admit(_:)``.
    func admit(_ metadata: SessionMetadata) -> PoolUsage.Admission { usage.admit(ExpiryFiling(metadata)) }

    /// Seals and stores a session's contents. `previous` is what they replace; a session without it was admitted before.
    func put(
        _ data: SessionData,
        at address: SessionAddress,
        metadata: SessionMetadata,
        bodyKey: BodyKey,
        replacing previous: OpenedMetadata?
    ) throws -> OpenedMetadata {
        let body = try sealer.sealBody(
            data.bytes,
            at: address,
            version: metadata.version,
            expires: metadata.bodyExpires,
            with: bodyKey
        )
        return try apply(metadata, body: body, at: address, replacing: previous)
    }

    /// Stores new metadata for a session whose contents stay as they are.
    func update(
        at address: SessionAddress,
        from previous: OpenedMetadata,
        to metadata: SessionMetadata
    ) throws -> OpenedMetadata {
        var body: [UInt8]?
        if metadata.bodyExpires != previous.metadata.bodyExpires {
            // The header is outside the body's seal for this: it can be moved without the session id.
            body = try store.body(at: address).map {
                RecordHeader(expires: metadata.bodyExpires).bytes + $0.dropFirst(RecordHeader.length)
            }
        }
        return try apply(metadata, body: body, at: address, replacing: previous)
    }

    private func apply(
        _ metadata: SessionMetadata,
        body: [UInt8]?,
        at address: SessionAddress,
        replacing previous: OpenedMetadata?
    ) throws -> OpenedMetadata {
        let next = OpenedMetadata(metadata, key: try sealer.metadataKey(at: address, reusing: previous?.key))
        var filed: ExpiryFiling?
        let filing = ExpiryFiling(metadata)
        var stray: ExpiryFiling?
        do {
            filed = try previous.map { try self.filing(of: $0, at: address) }
            // An unreadable record leaves an entry behind, as nobody knows where it was filed; this one may take its place.
            if filed?.slot != filing.slot { stray = try store.filing(of: address, under: filing.slot) }
            try store.apply(
                RecordUpdate(
                    address: address,
                    metadata: try sealer.seal(metadata, at: address, with: next.key),
                    body: body,
                    previousExpiry: filed,
                    expiry: filing,
                    orphanedGroup: stray?.group
                )
            )
        } catch {
            // The store may have either.
            cache.forget(address)
            if previous == nil { usage.removed(filing) }
            throw error
        }
        if let filed { usage.replaced(filed, with: filing) }
        if let stray { usage.removed(stray) }
        cache.note(next, at: address)
        return next
    }

    /// What is filed for a session: what its metadata say, until that comes due. From then on the sweep may have filed it under its
    /// deadline, without having been able to open the metadata.
    private func filing(of opened: OpenedMetadata, at address: SessionAddress) throws -> ExpiryFiling {
        let own = ExpiryFiling(opened.metadata)
        guard own.slot.time <= clock.now() else { return own }
        return try store.filing(of: address, under: own.slot)
            ?? store.filing(of: address, under: ExpirySlot(opened.storedDeadline)) ?? own
    }

    func openMetadata(_ value: [UInt8], at address: SessionAddress) throws -> OpenedMetadata? {
        let key = try sealer.metadataKey(at: address)
        switch try sealer.openMetadata(value, at: address, with: key) {
        case .opened(let metadata):
            let opened = OpenedMetadata(metadata, key: key)
            cache.note(opened, at: address)
            return opened
        case .rejected(let rejection):
            reject(rejection, of: "metadata", address)
            return nil
        }
    }

    /// Reads from the store, and logs which session it is that cannot be read.
    func reading<Value>(_ address: SessionAddress, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            logger.error(
                "a stored session cannot be read",
                metadata: ["session": "\(address.tag)", "error": "\(error)"]
            )
            throw error
        }
    }

    /// Counts that a sealed value was refused, and logs it: which key is missing, or that the value is damaged.
    func reject(_ rejection: Rejection, of part: String, _ address: SessionAddress) {
        guard case .unknownKey(let id) = rejection else {
            _ = reject("\(part): \(rejection)", address)
            return
        }
        cache.forget(address)
        statistics.add(.unreadable)
        missingKeys.note(id, logger)
    }

    /// Logs that a record was refused, and counts it.
    func reject(_ what: String, _ address: SessionAddress) -> Absence {
        cache.forget(address)
        statistics.add(.unreadable)
        logger.error(
            "a stored session does not authenticate and was refused: it was damaged or tampered with",
            metadata: ["session": "\(address.tag)", "reason": "\(what)"]
        )
        return .unreadable
    }
}

extension Absence {
    /// Why a session that is over is not there.
    init(_ end: SessionMetadata.End) {
        switch end {
        case .idle: self = .expired
        case .tooOld: self = .tooOld
        case .replaced: self = .replaced
        case .destroyed: self = .destroyed
        }
    }
}
