// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore
import CloakroomCrypto

/// The browser that a client serves now, as far as it can be told from another one.
struct Browser: Sendable {
    /// Where it is.
    let address: ClientAddress
    /// Its header `User-Agent`; empty when it sent none.
    let agent: [UInt8]
    /// A keyed digest of that.
    let digest: (UInt64, UInt64)

    /// Takes what the client claims; `nil` for a client that serves no browser, and for an address that is none.
    ///
    /// - Throws: `CryptoError`.
    init?(_ claims: ClientClaims, _ rules: BindingRules, _ sealer: SessionSealer) throws(CryptoError) {
        guard !claims.address.isEmpty else { return nil }
        guard let remote = claims.address.withUnsafeBytes({ ClientAddress($0) }) else { return nil }
        address = Self.address(claims, remote, rules)
        agent = claims.agent
        digest = try sealer.digest(ofAgent: claims.agent)
    }

    private static func address(_ claims: ClientClaims, _ remote: ClientAddress, _ rules: BindingRules) -> ClientAddress
    {
        guard !rules.trustedProxies.isEmpty else { return remote }
        let value =
            switch rules.header {
            case .xForwardedFor: claims.forwardedFor
            case .xRealIP: claims.realIP
            case .forwarded: claims.forwarded
            }
        return value.withUnsafeBytes {
            rules.header.clientAddress(remote: remote, value: $0, trusted: rules.trustedProxies)
        }
    }

    /// What a session that this browser makes remembers.
    func binding(_ rules: BindingRules) -> SessionBinding {
        guard let network = rules.network(of: address) else { return SessionBinding() }
        return SessionBinding(network, family: family, agent: digest)
    }

    /// Whether it is in the network that a session is bound to.
    func isInNetwork(of binding: SessionBinding) -> Bool {
        guard let network = AddressPrefix(binding) else { return true }
        return network.contains(address)
    }

    /// Whether its user agent is the one that a session is bound to.
    func isAgent(of binding: SessionBinding, _ match: BindingRules.AgentMatch) -> Bool {
        // Nearly always, and then nobody need know what browser it is.
        if binding.agent == digest { return true }
        return match == .family && binding.family == family
    }

    private var family: UInt64 {
        agent.withUnsafeBytes { UserAgent.family(of: $0) }.bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
