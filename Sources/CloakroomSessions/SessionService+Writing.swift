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
        if let outcome = try writeNow(write, for: client) { return outcome }
        if records.usage.isLimited {
            try await records.usage.prepare()
            if let outcome = try writeNow(write, for: client) { return outcome }
        }
        let address = try sealer.address(of: write.session)
        switch await acquire(address, for: client, wait: rules.lockWait) {
        case .failure(let refusal): return .locked(refusal)
        case .success(let granted):
            defer { locks.release(granted.ticket) }
            while true {
                if let outcome = try writeUnheld(write, at: address, for: client) { return outcome }
                try await records.usage.prepare()
            }
        }
    }

    /// As ``write(_:for:)``, or answers `nil` when there is something to wait for: somebody else has the lock, or what the
    /// pool holds is still being counted.
    ///
    /// - Throws: as there.
    public func writeNow(_ write: SessionWrite, for client: SessionClient) throws -> WriteOutcome? {
        guard write.data.count <= rules.maximumData else { return .tooLarge }
        if let held = client.held, held.session == write.session {
            switch try writeHeld(write, held, for: client) {
            case .stored(let opened, let bodyKey):
                if case .absent(let heir) = held.content, let heir { try link(heir, to: held.address) }
                client.held = held.with(.present(opened, bodyKey))
                return .written(version: opened.metadata.version)
            case .decided(let outcome): return count(outcome, held.address, client)
            case .uncounted: return nil
            case nil: break
            }
        }
        let address = try sealer.address(of: write.session)
        guard let ticket = locks.acquireNow(address, for: client.identity) else { return nil }
        defer { locks.release(ticket) }
        return try writeUnheld(write, at: address, for: client)
    }

    /// Moves the expiry of a session that was read as `version`; does nothing when there is no such session.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func touch(
        _ session: SessionReference,
        version: UInt64,
        lifetime: UInt32,
        for client: SessionClient
    ) throws {
        if let held = client.held, held.session == session {
            return try latches.withLatch(held.address) {
                guard locks.isCurrent(held.ticket), case .present(let opened, let bodyKey) = held.content,
                    let next = try touch(opened, version, lifetime, at: held.address, for: client)
                else { return }
                client.held = held.with(.present(next, bodyKey))
            }
        }
        let address = try sealer.address(of: session)
        try latches.withLatch(address) {
            // While somebody holds the session, what he knows of its metadata must stay true.
            guard !locks.isHeld(address), let opened = try records.metadata(at: address),
                opened.metadata.end(now: clock.now(), rules.lifetimes) == nil
            else { return }
            _ = try touch(opened, version, lifetime, at: address, for: client)
        }
    }

    /// Removes a session with the tokens that go with it, and answers whether there was one. The client's lock is released; whoever
    /// else holds the session cannot write it any more.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the session is still there.
    public func destroy(_ session: SessionReference, for client: SessionClient) throws -> Bool {
        defer { release(client) }
        let address = try sealer.address(of: session)
        guard let removed = try removeWithTokens(address, for: client) else { return false }
        statistics.add(.destroyed)
        try note(.destroyed, at: address, client, user: removed.metadata?.user)
        return true
    }

    /// What became of a write.
    private enum Write {
        /// It was carried out; what the store has now.
        case stored(OpenedMetadata, BodyKey)
        /// There was nothing to store.
        case decided(WriteOutcome)
        /// It cannot be decided before it is known what the pool holds.
        case uncounted
    }

    /// Writes on the strength of the client's lock; `nil` when that was taken over.
    private func writeHeld(_ write: SessionWrite, _ held: HeldSession, for client: SessionClient) throws -> Write? {
        let heir: Inheritance?
        let known: SessionUser?
        switch held.content {
        case .absent(let inheritance): (heir, known) = (inheritance, inheritance?.user)
        case .present(let opened, _): (heir, known) = (nil, opened.metadata.user)
        }
        return try countingLogin(
            write,
            at: held.address,
            known: known,
            for: client,
            denied: { .decided(.tooManyOfUser($0)) },
            {
                var login: Login?
                let done = try storeHeld(write, held, heir, for: client, login: &login)
                if case .absent = held.content, case .stored(let opened, _) = done {
                    let event = heir == nil ? SessionEvent.created : .regenerated
                    try note(event, at: held.address, client, user: opened.metadata.user)
                }
                return (done, login)
            }
        )
    }

    private func storeHeld(
        _ write: SessionWrite,
        _ held: HeldSession,
        _ heir: Inheritance?,
        for client: SessionClient,
        login: inout Login?
    ) throws -> Write? {
        try latches.withLatch(held.address) {
            switch locks.standing(of: held.ticket) {
            case .lost: return nil
            case .current:
                if case .present(let opened, let bodyKey) = held.content {
                    return try store(
                        write,
                        at: held.address,
                        over: opened,
                        bodyKey: bodyKey,
                        for: client,
                        login: &login
                    )
                }
            case .stale: break
            }
            // Destroyed by somebody else meanwhile, so that what was known is not true any more; or absent, which an
            // expired session is, too, whose record is replaced.
            let current = try records.metadata(at: held.address)
            return try store(
                write,
                at: held.address,
                over: current,
                bodyKey: nil,
                heir: heir,
                for: client,
                login: &login
            )
        }
    }

    /// Writes under a lock that the caller took for this; `nil` when it is not known yet what the pool holds.
    private func writeUnheld(
        _ write: SessionWrite,
        at address: SessionAddress,
        for client: SessionClient
    ) throws -> WriteOutcome? {
        let done: Write = try countingLogin(
            write,
            at: address,
            known: nil,
            for: client,
            denied: { .decided(.tooManyOfUser($0)) },
            {
                var login: Login?
                let done = try latches.withLatch(address) {
                    let current = try records.metadata(at: address)
                    return try store(write, at: address, over: current, bodyKey: nil, for: client, login: &login)
                }
                if write.version == 0, case .stored(let opened, _) = done {
                    try note(.created, at: address, client, user: opened.metadata.user)
                }
                return (done, login)
            }
        )
        switch done {
        case .stored(let opened, _): return .written(version: opened.metadata.version)
        case .decided(let outcome): return count(outcome, address, client)
        case .uncounted: return nil
        }
    }

    /// Decides about a write and carries it out. The caller holds the latch.
    private func store(
        _ write: SessionWrite,
        at address: SessionAddress,
        over current: OpenedMetadata?,
        bodyKey knownBodyKey: BodyKey?,
        heir: Inheritance? = nil,
        for client: SessionClient,
        login: inout Login?
    ) throws -> Write {
        let microseconds = clock.microseconds()
        let now = UnixTime(seconds: microseconds / 1_000_000)
        var metadata: SessionMetadata
        var bodyKey: BodyKey?
        let event: SessionStatistics.Event
        let decision = WriteDecision(
            version: write.version,
            token: write.token,
            current: current?.metadata,
            now: now,
            rules.lifetimes
        )
        switch decision {
        case .conflict: return .decided(.conflict)
        case .gone: return .decided(.gone)
        case .alreadyWritten(let version): return .decided(.written(version: version))
        case .create:
            metadata = .make(dataKey: try .random(), microseconds: microseconds, heir: heir)
            event = .created
        case .update(let current):
            metadata = current
            metadata.version += 1
            bodyKey = knownBodyKey
            event = .updated
        }
        let isNew = event == .created
        // One that was taken over from another handler, and was whose it is there already: nobody logs in now.
        let wasAdopted = metadata.writeToken == 0
        metadata.contentsWereWritten(
            size: write.data.count,
            token: write.token,
            lifetime: write.lifetime,
            now: now,
            rules.lifetimes,
            isNew: isNew
        )
        try bind(&metadata, to: client)
        let identified = try identify(&metadata, as: write, isNew: isNew || wasAdopted, now: now)
        client.tokens?.link(&metadata)
        if current == nil {
            switch records.admit(metadata) {
            case .admitted: break
            case .refused(let limit): return .decided(.poolFull(limit))
            case .unknown: return .uncounted
            }
        }
        let key = try bodyKey ?? sealer.bodyKey(for: write.session, dataKey: metadata.dataKey)
        let opened = try records.put(write.data, at: address, metadata: metadata, bodyKey: key, replacing: current)
        statistics.add(event)
        login = identified
        return .stored(opened, key)
    }

    /// Moves the expiry of a session if it is of this version; answers what is known of it then, or `nil` for no change. A
    /// page that changes nothing is the most frequent request, and a write the dearest part of it, so small moves are kept in
    /// memory.
    func touch(
        _ opened: OpenedMetadata,
        _ version: UInt64,
        _ lifetime: UInt32,
        at address: SessionAddress,
        for client: SessionClient
    ) throws -> OpenedMetadata? {
        var next = opened.metadata
        next.wasSeen(lifetime: lifetime, now: clock.now(), rules.lifetimes)
        client.tokens?.link(&next)
        try bind(&next, to: client)
        // Times are whole seconds: a second touch within one changes nothing.
        guard next.version == version,
            next.lastSeen != opened.metadata.lastSeen || next.deadline != opened.metadata.deadline
                || next.tokenFamily != opened.metadata.tokenFamily || next.binding != opened.metadata.binding
        else { return nil }
        statistics.add(.touched)
        // A client may have the session since before the keyring changed.
        let key = try sealer.metadataKey(at: address, reusing: opened.key)
        if let touched = opened.touched(next, key: key) {
            records.cache.note(touched, at: address)
            return touched
        }
        return try records.update(at: address, from: opened, to: next)
    }

    private func note(
        _ event: SessionEvent,
        at address: SessionAddress,
        _ client: SessionClient,
        user: SessionUser?
    ) throws {
        guard events.takes(event) else { return }
        let browser = try client.browser(rules.binding, sealer)
        events.note(event, address, client, browser: browser, user: user?.group)
    }

    private func count(_ outcome: WriteOutcome, _ address: SessionAddress, _ client: SessionClient) -> WriteOutcome {
        switch outcome {
        case .conflict, .gone:
            statistics.add(.conflicts)
            let reason = outcome == .gone ? "gone" : "written by another request"
            // It was compared just now, so its metadata are there.
            let user = records.cache[address]?.metadata.user
            events.note(.conflict, address, client, user: user?.group, reason: reason)
        case .poolFull(let limit):
            statistics.add(.overLimit)
            logger.warning("the pool is full: new sessions are refused", metadata: ["limit": "\(limit)"])
        case .written, .tooLarge, .locked, .tooManyOfUser: break
        }
        return outcome
    }
}
