// SPDX-License-Identifier: Apache-2.0

public import CloakroomClient

/// How sessions are bound to the browser that made them.
public struct BindingRules: Hashable, Sendable {
    /// What is done when a session is used from elsewhere.
    public enum Policy: String, CaseIterable, Sendable {
        /// Nothing is looked at.
        case off
        /// The session is given, and the log says so.
        case report
        /// The session is refused; its owner keeps it.
        case deny
        /// The session is removed, for both.
        case destroy
    }

    /// When two user agents are the same.
    public enum AgentMatch: String, CaseIterable, Sendable {
        /// When not a byte differs.
        case exact
        /// When they are of one brand on one class of platform, whatever their versions.
        case family
    }

    /// What is done when the address is of another network.
    public var address = Policy.report
    /// What is done when the user agent is another.
    public var agent = Policy.deny
    /// When a user agent is another.
    public var agentMatch = AgentMatch.family
    /// How many bits of an IPv4 address a session is bound to.
    public var bitsOfIPv4 = 16
    /// How many bits of an IPv6 address a session is bound to.
    public var bitsOfIPv6 = 48
    /// The networks of proxies whose header is believed.
    public var trustedProxies: [AddressPrefix] = []
    /// That header.
    public var header = ForwardedHeader.xForwardedFor

    /// The defaults, which break no application.
    public init() {}

    /// No binding at all.
    public static var off: BindingRules {
        var rules = BindingRules()
        rules.address = .off
        rules.agent = .off
        return rules
    }

    /// Whether anything is looked at.
    var isOff: Bool { address == .off && agent == .off }

    /// The network of an address that a session is bound to.
    func network(of address: ClientAddress) -> AddressPrefix? {
        AddressPrefix(address, length: address.family == .ipv4 ? bitsOfIPv4 : bitsOfIPv6)
    }
}
