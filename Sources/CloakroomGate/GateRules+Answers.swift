// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol

extension GateRules {
    /// Lets a request through, with what is known of its session.
    func admission(_ alive: GateResponse.Alive) -> (GateAnswer, GateStatistics.Event) {
        var facts = [
            ("Session", "\(alive.tag)"), ("Age", "\(alive.age)"), ("Idle", "\(alive.idle)"),
            ("Remaining", "\(alive.remaining)"),
        ]
        var variables: [(String, String)] = []
        if let user = alive.user {
            let name = PercentEncoding.userName(user.name.bytes)
            facts += [("User", name), ("Auth-Age", "\(user.age)")]
            variables = [("Variable-REMOTE_USER", name)]
        }
        return (admission(.admitted, facts, variables), .admitted)
    }

    private func admission(
        _ reason: GateReason,
        _ facts: [(String, String)],
        _ variables: [(String, String)] = [],
        note: String? = nil
    ) -> GateAnswer {
        switch role {
        case .responder:
            return .check(204, reason, facts.map { (name: "Cloakroom-\($0.0)", value: $0.1) }, note: note)
        case .authorizer:
            // FastCGI Specification 1.0, section 6.3.
            let facts = [("Reason", reason.rawValue)] + facts
            let named = facts.map { (name: "Variable-CLOAKROOM_\(Self.variable($0.0))", value: $0.1) }
            return .check(200, reason, named + variables.map { (name: $0.0, value: $0.1) }, note: note)
        }
    }

    private static func variable(_ header: String) -> String {
        String(header.map { $0 == "-" ? "_" : $0 }).uppercased()
    }

    /// Refuses a request whose browser has to get a session, or another one.
    func refusal(_ reason: GateReason) -> (GateAnswer, GateStatistics.Event) {
        // RFC 9110, section 15.5.2, wants a challenge with every 401.
        let name = String(decoding: cookie.bytes, as: UTF8.self)
        let challenge = (name: "WWW-Authenticate", value: "Cookie cookie-name=\"\(name)\"")
        switch (loginURL, role) {
        case (nil, _):
            return (.check(401, reason, [challenge]).with(text: "A valid session is needed."), .unauthorized)
        case (let url?, .responder):
            let answer = GateAnswer.check(401, reason, [challenge, (name: "Cloakroom-Login", value: url)])
            return (answer.with(text: "A valid session is needed."), .unauthorized)
        case (let url?, .authorizer):
            let answer = GateAnswer.check(302, reason, [(name: "Location", value: url)])
            return (answer.with(text: "A valid session is needed."), .unauthorized)
        }
    }

    /// Refuses a request to which no session would open.
    func prohibition(_ reason: GateReason) -> (GateAnswer, GateStatistics.Event) {
        (.check(403, reason).with(text: "This browser may not use the session."), .forbidden)
    }

    /// What becomes of a request about which the daemon has not said anything.
    func unchecked(_ why: String) -> (GateAnswer, GateStatistics.Event) {
        if admitsUnchecked { return (admission(.unchecked, [], note: why), .admittedUnchecked) }
        let answer = GateAnswer.check(503, .daemonAway, [(name: "Retry-After", value: "1")], note: why)
        return (answer.with(text: "Sessions cannot be checked at the moment."), .unanswered)
    }
}
