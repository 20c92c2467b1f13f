// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import Logging

extension SessionService {
    /// The most sessions that are ended because of the use of one replaced id: each has one successor, so this is a user who
    /// logged in again and again.
    private static let longestLineage = 1000

    /// Takes a session's id out of use at once, because another takes its place, and removes what it had. Answers whether there was
    /// such a session. The client's lock is released; whoever else holds the session cannot write it any more.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the session is still there.
    public func retire(_ session: SessionReference, for client: SessionClient) throws -> Bool {
        defer { release(client) }
        let address = try sealer.address(of: session)
        let now = clock.now()
        let existed = try latches.withLatch(address) {
            guard let opened = try records.metadata(at: address), opened.metadata.end(now: now, rules.lifetimes) == nil
            else {
                return false
            }
            var metadata = opened.metadata
            metadata.retire(at: now)
            metadata.version += 1
            metadata.size = 0
            let key = try sealer.bodyKey(for: session, dataKey: metadata.dataKey)
            _ = try records.put(SessionData([]), at: address, metadata: metadata, bodyKey: key, replacing: opened)
            locks.sessionWasDestroyed(address)
            return true
        }
        return existed
    }

    /// Lets a session whose place another one takes live on for the grace only, and answers what the other one takes over; `nil`
    /// when there is nothing.
    func retire(
        _ previous: SessionReference,
        for session: SessionReference,
        of client: SessionClient
    ) throws -> Inheritance? {
        guard previous != session else { return nil }
        let address = try sealer.address(of: previous)
        // Nobody takes a session away from another browser in this way either.
        guard try refusal(at: address, for: client) == nil else { return nil }
        let now = clock.now()
        return try latches.withLatch(address) {
            guard let opened = try records.metadata(at: address) else { return nil }
            let end = opened.metadata.end(now: now, rules.lifetimes)
            guard end == nil || end == .replaced else { return nil }
            if opened.metadata.retired == nil {
                var metadata = opened.metadata
                metadata.retire(at: now.advanced(by: rules.lifetimes.grace))
                _ = try records.update(at: address, from: opened, to: metadata)
                locks.recordWasChanged(address)
            }
            return Inheritance(opened.metadata, at: address)
        }
    }

    /// Links a session that was just made to the one whose place it took, so that it can be found from there.
    func link(_ heir: Inheritance, to address: SessionAddress) throws {
        try latches.withLatch(heir.parent) {
            guard let opened = try records.metadata(at: heir.parent), opened.metadata.retired != nil else { return }
            var metadata = opened.metadata
            metadata.successor = address
            _ = try records.update(at: heir.parent, from: opened, to: metadata)
            locks.recordWasChanged(heir.parent)
        }
    }

    /// Reports the use of an id that was replaced, and ends what came of it if the rules say so.
    func noteReuse(at address: SessionAddress, by client: SessionClient) throws {
        let opened = try latches.withLatch(address) { try records.metadata(at: address) }
        guard let metadata = opened?.metadata, metadata.isReuse(now: clock.now(), rules.lifetimes) else { return }
        statistics.add(.reused)
        let ended = rules.reuseEndsLineage ? try endLineage(of: metadata, for: client) : 0
        events.note(
            .reuse,
            address,
            client,
            browser: try client.browser(rules.binding, sealer),
            user: metadata.user?.group,
            details: ["ended": "\(ended)"]
        )
    }

    /// Ends the sessions that came of one, with the tokens that go with any of them, and answers how many there were.
    private func endLineage(of metadata: SessionMetadata, for client: SessionClient) throws -> Int {
        try endTokens(of: metadata, for: client)
        var next = metadata.successor
        for count in 0..<Self.longestLineage {
            guard let address = next else { return count }
            next = try removeWithTokens(address, for: client)?.metadata?.successor
        }
        return Self.longestLineage
    }
}
