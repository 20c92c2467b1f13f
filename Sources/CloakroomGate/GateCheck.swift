// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomProtocol

/// A session that the daemon has to be asked about, and what its answer means for the request.
public struct GateCheck: Sendable {
    /// What the daemon is asked.
    public let request: GateRequest.Check
    private let rules: GateRules

    /// Takes what a browser sent as its session id; `nil`: it cannot be one.
    init?(rules: GateRules, value: [UInt8], claims: ClientClaims) {
        guard let id = SessionID(value) else { return nil }
        self.rules = rules
        request = GateRequest.Check(
            pool: rules.pool,
            session: SessionReference(name: rules.cookie, id: id),
            claims: claims,
            isActivity: rules.isActivity
        )
    }

    /// What the web server is answered, and what is counted.
    ///
    /// The session's own state comes first: whether it is alive and this browser's, which the daemon judges. Then whether it is a
    /// user's, then how long it has been.
    public func answer(to response: GateResponse) -> (GateAnswer, GateStatistics.Event) {
        switch response {
        case .alive(let alive): answer(to: alive)
        case .notAlive(let reason): answer(to: reason)
        case .error(let error): answer(to: error)
        case .hello, .status:
            answerWithoutDaemon("the daemon has answered another question than the one about a session")
        }
    }

    /// What the web server is answered when the daemon does not answer.
    ///
    /// - Parameter reason: for the log; it is not sent.
    public func answerWithoutDaemon(_ reason: String) -> (GateAnswer, GateStatistics.Event) { rules.unchecked(reason) }

    private func answer(to alive: GateResponse.Alive) -> (GateAnswer, GateStatistics.Event) {
        if rules.needsUser, alive.user == nil { return rules.refusal(.anonymous) }
        if let maximum = rules.maximumAuthAge, let user = alive.user, user.age > maximum {
            return rules.refusal(.authTooOld)
        }
        return rules.admission(alive)
    }

    private func answer(to reason: AbsenceReason) -> (GateAnswer, GateStatistics.Event) {
        switch reason {
        case .otherAddress: rules.prohibition(.otherAddress)
        case .otherAgent: rules.prohibition(.otherAgent)
        case .expired: rules.refusal(.expired)
        case .tooOld: rules.refusal(.tooOld)
        case .destroyed: rules.refusal(.destroyed)
        case .replaced: rules.refusal(.replaced)
        case .unreadable: rules.refusal(.unreadable)
        // Also what a later daemon may say: the session is not usable.
        default: rules.refusal(.unknown)
        }
    }

    private func answer(to error: ProtocolError) -> (GateAnswer, GateStatistics.Event) {
        switch error.code {
        case .tooManyUnknownIDs: return rules.prohibition(.guessing)
        // Not a fault that passes: letting requests through meanwhile would let them through for good.
        case .unknownPool:
            return (.misconfigured(.unknownPool(request.pool ?? .standard)), .misconfigured)
        default: return rules.unchecked(error.description)
        }
    }
}
