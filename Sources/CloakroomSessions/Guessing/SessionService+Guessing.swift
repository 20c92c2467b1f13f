// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import Logging

/// What becomes of a request that presents an id which nobody has.
public enum UnknownIDDecision: Sendable {
    /// It is answered.
    case answered
    /// It is answered once this has returned.
    case delayed(@Sendable () async -> Void)
    /// It is refused: the client has sent too many.
    case refused
}

extension SessionService {
    /// Counts an id that a browser sent and that no session has, and says what to do.
    ///
    /// - Throws: `CryptoError`.
    public func noteUnknownID(of client: SessionClient) throws -> UnknownIDDecision {
        guard guessing.isOn, let browser = try client.browser(rules.binding, sealer) else { return .answered }
        let (decision, isNew) = guessing.note(browser)
        if isNew {
            events.note(
                .guessing,
                nil,
                client,
                browser: browser,
                details: ["action": decision == .refused ? "refused" : "slowed"]
            )
        }
        switch decision {
        case .answered: return .answered
        case .refused: return .refused
        case .delayed(let key, let delay):
            return .delayed { [guessing] in
                try? await Task.sleep(for: delay)
                guessing.endDelay(of: key)
            }
        }
    }

    /// Notes that a browser sent an id that no session has, and that the client may look for it elsewhere before it counts. It counts
    /// with whatever the client does next, unless that is to bring the session.
    public func noteSearch(for session: SessionReference, by client: SessionClient) { client.sought = session }

    /// Notes that there is the session that a client was looking for.
    public func noteFound(_ session: SessionReference, by client: SessionClient) {
        guard rules.readsThrough, client.sought == session else { return }
        client.sought = nil
    }

    /// Counts the id that a client was looking for and has not found, if there is one, and says what to do; `nil` when there is none.
    ///
    /// - Parameter session: what the client asks for now: if that is the same, it is still looking.
    /// - Throws: `CryptoError`.
    public func endSearch(
        of client: SessionClient,
        unlessFor session: SessionReference? = nil
    ) throws -> UnknownIDDecision? {
        guard rules.readsThrough, let sought = client.sought, sought != session else { return nil }
        client.sought = nil
        return try noteUnknownID(of: client)
    }

    /// As ``endSearch(of:unlessFor:)``, where nobody waits for an answer that could be delayed.
    public func settleSearch(of client: SessionClient) {
        guard rules.readsThrough else { return }
        do {
            guard case .delayed(let pause) = try endSearch(of: client) else { return }
            Task { await pause() }
        } catch {
            logger.error("an unknown id could not be counted", metadata: ["error": "\(error)"])
        }
    }
}
