// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

extension BrowserTokens {
    /// Links a session to its browser's tokens, if both are one user's.
    func link(_ metadata: inout SessionMetadata) {
        if metadata.user?.name == user { metadata.tokenFamily = family }
    }
}

extension SessionService {
    /// Links the session that a client has, or has given back, to tokens that its browser gets now. A session that is not their user's
    /// yet is linked by the write that makes it so; that of one which is may never come, as nothing in it has changed.
    func link(_ tokens: BrowserTokens, for client: SessionClient) throws {
        guard let address = client.latest else { return }
        try latches.withLatch(address) {
            if let held = client.held, held.address == address, locks.isCurrent(held.ticket),
                case .present(let opened, let bodyKey) = held.content
            {
                guard let linked = try link(opened, tokens, at: address) else { return }
                client.held = held.with(.present(linked, bodyKey))
            } else if let opened = try records.metadata(at: address),
                try link(opened, tokens, at: address) != nil
            {
                locks.recordWasChanged(address)
            }
        }
    }

    /// Stores a link; `nil` when there is nothing to store. The caller holds the latch.
    private func link(
        _ opened: OpenedMetadata,
        _ tokens: BrowserTokens,
        at address: SessionAddress
    ) throws -> OpenedMetadata? {
        var metadata = opened.metadata
        tokens.link(&metadata)
        guard metadata.tokenFamily != opened.metadata.tokenFamily else { return nil }
        return try records.update(at: address, from: opened, to: metadata)
    }

    /// Removes a session, also from under whoever holds it, and before it the tokens that go with it: after a fault the session is still
    /// there, so that to log out can be tried again. Answers what it was; `nil` when there is none, or none that is meant.
    ///
    /// The caller holds no latch. With `freeingLock` the session's lock is passed on, and it is told whether anybody had it.
    func removeWithTokens(
        _ address: SessionAddress,
        for client: SessionClient,
        freeingLock: ((Bool) -> Void)? = nil,
        if isMeant: (SessionMetadata) -> Bool = { _ in true }
    ) throws -> SessionRecords.Removal? {
        var ended: SessionAddress?
        while true {
            var first: SessionMetadata?
            let removed = try remove(address, freeingLock: freeingLock) { metadata in
                guard isMeant(metadata) else { return false }
                // One latch at a time. Another request may have linked it to other tokens meanwhile.
                if let family = metadata.tokenFamily, family != ended { first = metadata }
                return first == nil
            }
            guard let first else { return removed }
            try endTokens(of: first, for: client)
            ended = first.tokenFamily
        }
    }

    /// Removes a session, also from under whoever holds it, and answers what it was; `nil` when there is none, or none that is meant.
    @discardableResult
    func remove(
        _ address: SessionAddress,
        freeingLock: ((Bool) -> Void)? = nil,
        if isMeant: (SessionMetadata) -> Bool = { _ in true }
    ) throws -> SessionRecords.Removal? {
        try latches.withLatch(address) {
            var isKept = false
            let removed = try records.remove(at: address, isRemembered: rules.readsThrough) { metadata in
                isKept = !isMeant(metadata)
                return !isKept
            }
            if !isKept {
                if let freeingLock {
                    freeingLock(locks.sessionWasEnded(address))
                } else {
                    locks.sessionWasDestroyed(address)
                }
            }
            return removed
        }
    }

    /// Ends the tokens that go with a session, if they are its user's still, or it is nobody's. The caller holds no latch.
    func endTokens(of metadata: SessionMetadata, for client: SessionClient) throws {
        guard let address = metadata.tokenFamily else { return }
        try latches.withLatch(address) {
            guard let family = try records.family(at: address),
                metadata.user == nil || metadata.user?.name == family.user
            else { return }
            try records.remove(family, at: address)
            try note("ended", family, at: address, client)
        }
    }
}
