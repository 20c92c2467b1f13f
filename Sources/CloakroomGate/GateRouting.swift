// SPDX-License-Identifier: Apache-2.0

/// Tells from a request's parameters what it asks for.
public struct GateRouting: Sendable {
    /// The path that is answered with a sign of life, without `CLOAKROOM_ACTION`; `nil`: none.
    public let pingPath: String?
    /// The path of the status, without `CLOAKROOM_ACTION`; `nil`: none.
    public let statusPath: String?

    /// Takes the paths; those of PHP-FPM's examples unless others are given.
    public init(pingPath: String? = "/ping", statusPath: String? = "/status") {
        self.pingPath = pingPath
        self.statusPath = statusPath
    }

    /// What the request asks for.
    ///
    /// Mistakes in the configuration come first, whatever the browser sent, so that they are found at once.
    public func task(for parameters: GateParameters, role: GateRole) -> GateTask {
        do throws(GateMisconfiguration) {
            if let mistake = parameters.mistake { throw mistake }
            switch try action(parameters, role) {
            case .ping: return .ping
            case .status: return .status(parameters)
            case .check: return try Self.check(parameters, role)
            }
        } catch {
            return .answered(.misconfigured(error), .misconfigured)
        }
    }

    private enum Action: String { case check, status, ping }

    private func action(_ parameters: GateParameters, _ role: GateRole) throws(GateMisconfiguration) -> Action {
        if let value = parameters[.action], !value.isEmpty {
            guard let action = parameters.text(.action).flatMap(Action.init) else {
                throw .badValue(.action, "check, status or ping")
            }
            guard role == .responder || action == .check else {
                throw .badValue(.action, "check where the gate is an authorizer")
            }
            return action
        }
        guard role == .responder, let path = parameters.text(.scriptName) else { return .check }
        return path == pingPath ? .ping : path == statusPath ? .status : .check
    }

    private static func check(_ parameters: GateParameters, _ role: GateRole) throws(GateMisconfiguration) -> GateTask {
        let rules = try GateRules(parameters, role: role)
        guard let address = parameters[.remoteAddress], !address.isEmpty else { throw .missing(.remoteAddress) }
        let cookie = SessionCookie(header: parameters[.cookieHeader] ?? [], name: rules.cookie)
        switch cookie.reading {
        case _ where parameters.hasContestedCookies || cookie.isContested: return refused(.badSessionID, rules)
        case .absent: return refused(.noSession, rules)
        case .array: return refused(.badSessionID, rules)
        case .value(let value):
            guard let check = GateCheck(rules: rules, value: value, claims: parameters.claims) else {
                return refused(value.isEmpty ? .noSession : .badSessionID, rules)
            }
            return .check(check)
        }
    }

    private static func refused(_ reason: GateReason, _ rules: GateRules) -> GateTask {
        let (answer, event) = rules.refusal(reason)
        return .answered(answer, event)
    }
}
