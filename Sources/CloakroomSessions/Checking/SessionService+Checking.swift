// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import Logging

extension SessionService {
    /// Says whether the browser that a client serves may use a session, without its lock and without its contents. Nothing is waited
    /// for, whoever has the session.
    ///
    /// An id that no session has counts as a guess, but once a minute only for each browser's address, as a page is one
    /// visit, however many images it has. In a pool whose clients look elsewhere for unknown sessions it does not count: only they can
    /// tell whether there is such a session.
    ///
    /// - Parameter isActivity: whether the check counts as a use of the session, so that it lives on.
    /// - Throws: `StoreError` or `CryptoError`.
    public func check(
        _ session: SessionReference,
        for client: SessionClient,
        isActivity: Bool
    ) throws -> CheckOutcome {
        let address = try sealer.address(of: session)
        let outcome = try outcome(of: address, for: client, isActivity: isActivity)
        if case .alive = outcome { statistics.add(.admitted) } else { statistics.add(.turnedAway) }
        return outcome
    }

    private func outcome(
        of address: SessionAddress,
        for client: SessionClient,
        isActivity: Bool
    ) throws -> CheckOutcome {
        switch try latches.withLatch(address, { try records.look(at: address) }) {
        case .alive(var opened):
            if let refusal = try judge(opened.metadata, at: address, for: client) { return .absent(refusal) }
            if isActivity, let used = noteUse(of: address, by: client) { opened = used }
            return .alive(CheckedSession(opened.metadata, at: address, now: clock.now(), rules.lifetimes))
        case .absent(.unknown):
            return try noteUnknownID(at: address, of: client) ? .guessing : .absent(.unknown)
        case .absent(let absence):
            if absence == .replaced { try noteReuse(at: address, by: client) }
            return .absent(absence)
        }
    }

    /// Moves a session's expiry as far as its own lifetime takes it; answers what is known of it then, or `nil` when nothing was
    /// changed: somebody holds it, and his use of it counts.
    private func noteUse(of address: SessionAddress, by client: SessionClient) -> OpenedMetadata? {
        do {
            return try latches.withLatch(address) {
                guard !locks.isHeld(address), case .alive(let opened) = try records.look(at: address) else {
                    return nil
                }
                let metadata = opened.metadata
                let lifetime = UInt32(clamping: metadata.lifetime)
                return try touch(opened, metadata.version, lifetime, at: address, for: client)
            }
        } catch {
            // The visitor has a session all the same, and is not to be refused for a disk that takes no writes.
            logger.error(
                "the use of a session could not be noted",
                metadata: ["session": "\(address.tag)", "error": "\(error)"]
            )
            return nil
        }
    }

    /// Counts an id that a browser sent and that no session has, and answers whether the browser is to be refused.
    private func noteUnknownID(at address: SessionAddress, of client: SessionClient) throws -> Bool {
        guard guessing.isOn, !rules.readsThrough, let browser = try client.browser(rules.binding, sealer) else {
            return false
        }
        let (isRefused, isNew) = guessing.noteOnceAMinute(address, of: browser)
        if isNew {
            let action = isRefused ? "refused" : "slowed"
            events.note(.guessing, nil, client, browser: browser, details: ["action": "\(action)"])
        }
        if isRefused { statistics.add(.guessed) }
        return isRefused
    }
}
