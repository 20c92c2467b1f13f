// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// What becomes of a browser that asks for a session. Pure logic.
struct BindingVerdict {
    /// In what the browser differs from the one that made the session.
    enum Difference: String {
        case address
        case agent
    }

    /// The differences that the rules want to know of, and what they want to be done.
    private(set) var differences: [(Difference, BindingRules.Policy)] = []
    /// The difference for which the session is refused; `nil` when it is not.
    private(set) var refused: Difference?
    /// Whether the session ends.
    private(set) var ends = false

    /// Compares a browser with what a session is bound to.
    init(_ binding: SessionBinding, _ browser: Browser, _ rules: BindingRules) {
        guard binding.isBound else { return }
        if rules.address != .off, !browser.isInNetwork(of: binding) { note(.address, rules.address) }
        if rules.agent != .off, !browser.isAgent(of: binding, rules.agentMatch) { note(.agent, rules.agent) }
    }

    private mutating func note(_ difference: Difference, _ policy: BindingRules.Policy) {
        differences.append((difference, policy))
        guard policy == .deny || policy == .destroy else { return }
        refused = refused ?? difference
        ends = ends || policy == .destroy
    }
}
