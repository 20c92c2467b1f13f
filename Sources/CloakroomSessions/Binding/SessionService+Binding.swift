// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Logging

extension BindingRules.Policy {
    /// What was done, for the log.
    fileprivate var action: String {
        switch self {
        case .off, .report: "reported"
        case .deny: "denied"
        case .destroy: "destroyed"
        }
    }
}

extension SessionService {
    /// Binds a session to the client's browser if it is bound to none yet: it is new, was made by something that serves no browser, or
    /// was imported.
    func bind(_ metadata: inout SessionMetadata, to client: SessionClient) throws {
        guard !metadata.binding.isBound, !rules.binding.isOff, let browser = try client.browser(rules.binding, sealer)
        else { return }
        metadata.binding = browser.binding(rules.binding)
    }

    /// Compares the client's browser with the one that made the session, reports and ends what the rules want it to, and answers
    /// why the session is refused; `nil` when it is not.
    func judge(
        _ metadata: SessionMetadata,
        at address: SessionAddress,
        for client: SessionClient
    ) throws -> Absence? {
        guard let verdict = try verdict(on: metadata.binding, of: metadata.user?.group, at: address, for: client),
            let refused = verdict.refused
        else { return nil }
        statistics.add(.rejected)
        if verdict.ends { try remove(address) }
        return refused == .address ? .otherAddress : .otherAgent
    }

    /// Compares the client's browser with one that is remembered, and reports what the rules want to know; `nil` when there is nothing
    /// to compare.
    func verdict(
        on binding: SessionBinding,
        of user: SessionAddress?,
        at address: SessionAddress,
        for client: SessionClient
    ) throws -> BindingVerdict? {
        guard !rules.binding.isOff, binding.isBound, let browser = try client.browser(rules.binding, sealer) else {
            return nil
        }
        let verdict = BindingVerdict(binding, browser, rules.binding)
        for (difference, policy) in verdict.differences {
            events.note(
                .rejected,
                address,
                client,
                browser: browser,
                user: user,
                reason: difference.rawValue,
                details: ["action": "\(policy.action)"]
            )
        }
        return verdict
    }

    /// As ``judge(_:at:for:)``, of what is stored now; `nil` when there is nothing to refuse.
    func refusal(at address: SessionAddress, for client: SessionClient) throws -> Absence? {
        guard !rules.binding.isOff, let opened = try latches.withLatch(address, { try records.metadata(at: address) })
        else { return nil }
        return try judge(opened.metadata, at: address, for: client)
    }
}
