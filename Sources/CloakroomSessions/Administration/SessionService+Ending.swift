// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

extension SessionService {
    /// Ends what a tag names, with the tokens that go with it, also from under whoever holds its lock: the first one who waits for it
    /// goes on at once, and the holder cannot write it any more.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the session is still there.
    public func endSession(_ tag: SessionTag, by administrator: Administrator) throws -> EndedByAdministrator {
        var ended = EndedByAdministrator()
        for address in try addresses(of: tag) { ended.add(try end(address, by: administrator, attention: true)) }
        return ended
    }

    /// Ends all sessions of a user, and all of the user's tokens, as ``endSession(_:by:)`` does.
    ///
    /// - Parameter pause: is called now and then, and ends the walk by throwing.
    /// - Throws: `StoreError`, `CryptoError`, `CancellationError` and what `pause` throws; some may have ended.
    public func endSessions(
        ofUser user: UserName,
        by administrator: Administrator,
        pause: () async throws -> Void
    ) async throws -> EndedByAdministrator {
        var ended = EndedByAdministrator()
        ended.tokens += try await endTokens(of: user, by: administrator, pause: pause)
        let group = try sealer.group(of: user)
        try await forEachRecord(ofUser: user, pause: pause) { _, address in
            ended.add(try end(address, by: administrator, attention: true) { $0.user?.group == group })
            return true
        }
        return ended
    }

    /// Ends all sessions and all tokens that there are when it comes by them. What does not open is left alone.
    ///
    /// - Parameter pause: is called now and then with what has ended so far, and ends the walk by throwing.
    /// - Throws: as ``endSessions(ofUser:by:pause:)``.
    public func endAllSessions(
        by administrator: Administrator,
        pause: (EndedByAdministrator) async throws -> Void
    ) async throws -> EndedByAdministrator {
        var ended = EndedByAdministrator()
        defer {
            logger.notice(
                "an administrator ended all sessions",
                metadata: ["uid": "\(administrator.uid)", "sessions": "\(ended.sessions)"]
            )
        }
        try await forEachRecord(ofUser: nil, pause: { try await pause(ended) }) { value, address in
            switch try records.inspect(value, at: address) {
            // One line in the log for all of them, unless all events are written.
            case .session: ended.add(try end(address, by: administrator, attention: false))
            case .tokens: if try endTokens(at: address, by: administrator) { ended.tokens += 1 }
            case .rejected: break
            }
            return true
        }
        return ended
    }

    private func end(
        _ address: SessionAddress,
        by administrator: Administrator,
        attention: Bool,
        if isMeant: (SessionMetadata) -> Bool = { _ in true }
    ) throws -> EndedByAdministrator {
        var ended = EndedByAdministrator()
        let client = SessionClient(pid: administrator.pid)
        var wasHeld = false
        let removed = try removeWithTokens(address, for: client, freeingLock: { wasHeld = $0 }, if: isMeant)
        if wasHeld { ended.locks = 1 }
        guard let removed else { return ended }
        if removed.metadata.map(isUsable) == true { ended.sessions = 1 } else { ended.others = 1 }
        statistics.add(.destroyed)
        events.note(
            .destroyed,
            address,
            client,
            user: removed.metadata?.user?.group,
            attention: attention,
            reason: "ended by an administrator",
            details: ["uid": "\(administrator.uid)"]
        )
        return ended
    }

    private func endTokens(
        of user: UserName,
        by administrator: Administrator,
        pause: () async throws -> Void
    ) async throws -> Int {
        var count = 0
        var pace = WalkPace()
        try await forEachMember(of: sealer.tokenGroup(of: user)) { address in
            if try endTokens(at: address, by: administrator) { count += 1 }
            if pace.isDue() {
                try await pause()
                try await WalkPace.pause()
            }
            return true
        }
        return count
    }

    /// Ends a family of tokens; answers whether there was one.
    private func endTokens(at address: SessionAddress, by administrator: Administrator) throws -> Bool {
        try latches.withLatch(address) {
            guard let family = try records.family(at: address) else { return false }
            try records.remove(family, at: address)
            try note("ended", family, at: address, SessionClient(pid: administrator.pid))
            return true
        }
    }
}
