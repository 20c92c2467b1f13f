// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
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
}
