// SPDX-License-Identifier: Apache-2.0

public import CloakroomClient
public import CloakroomCore
import CloakroomCrypto

/// Which sessions an administrator wants to see. What is `nil` does not matter.
public struct SessionFilter: Hashable, Sendable {
    /// Whose they are.
    public var user: UserName?
    /// At least how old they are, in seconds.
    public var age: UInt64?
    /// At least for how long they were not used, in seconds.
    public var idle: UInt64?
    /// A network that the one they were made from lies in, or contains. A session of which none is known does not match.
    public var network: AddressPrefix?
    /// What the text of their browser has in it, whatever the case of its letters.
    public var browser: String?
    /// Whether they can be used.
    public var state: SessionState?

    /// All sessions.
    public init() {}

    func matches(_ metadata: SessionMetadata, _ overview: SessionOverview) -> Bool {
        if let state, overview.state != state { return false }
        if let age, overview.age < age { return false }
        if let idle, overview.idle < idle { return false }
        if let network, !Self.meets(network, metadata.binding) { return false }
        if let browser, !overview.browser.lowercased().contains(browser.lowercased()) { return false }
        return user == nil || metadata.user?.name == user
    }

    private static func meets(_ network: AddressPrefix, _ binding: SessionBinding) -> Bool {
        guard let own = AddressPrefix(binding) else { return false }
        return network.length <= own.length ? network.contains(own.address) : own.contains(network.address)
    }
}
