// SPDX-License-Identifier: Apache-2.0

/// What a session remembers of the browser that made it: the network of its address, and its user agent. Fixed words, so that
/// metadata has one length and a copy of it allocates nothing.
public struct SessionBinding: Hashable, Sendable {
    /// The number of bytes of the encoding.
    public static let length = 42

    /// 4 or 6 for an address of that version of the Internet Protocol, 0 when none was known.
    public var version: UInt8
    /// The number of bits of the address that count.
    public var prefix: UInt8
    /// The address, of which all other bits are 0; one of version 4 in the first four bytes.
    public var network: (UInt64, UInt64)
    /// What kind of browser it was: the encoding of a user agent family, 0 when none was known.
    public var family: UInt64
    /// A keyed digest of the whole header `User-Agent`.
    public var agent: (UInt64, UInt64)

    /// Joins the fields; without arguments, a session that is bound to nothing.
    public init(
        version: UInt8 = 0,
        prefix: UInt8 = 0,
        network: (UInt64, UInt64) = (0, 0),
        family: UInt64 = 0,
        agent: (UInt64, UInt64) = (0, 0)
    ) {
        self.version = version
        self.prefix = prefix
        self.network = network
        self.family = family
        self.agent = agent
    }

    /// Whether a browser was known when the session was made.
    public var isBound: Bool { version != 0 }

    /// Equal when all fields are.
    public static func == (left: SessionBinding, right: SessionBinding) -> Bool {
        left.version == right.version && left.prefix == right.prefix && left.network == right.network
            && left.family == right.family && left.agent == right.agent
    }

    /// Hashes the fields that differ most.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(network.0)
        hasher.combine(agent.0)
    }
}
