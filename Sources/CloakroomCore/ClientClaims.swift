// SPDX-License-Identifier: Apache-2.0

/// What PHP says of the browser that it serves, as bytes that nobody has looked at yet. All are empty for a client that serves no
/// browser, such as a script of the command line.
public struct ClientClaims: Hashable, Sendable {
    /// The greatest number of bytes of ``agent``; PHP cuts off what is behind.
    public static let maximumAgent = 320

    /// `REMOTE_ADDR`: who is connected to the web server.
    public var address: [UInt8]
    /// The header `User-Agent`.
    public var agent: [UInt8]
    /// The header `X-Forwarded-For`.
    public var forwardedFor: [UInt8]
    /// The header `X-Real-IP`.
    public var realIP: [UInt8]
    /// The header `Forwarded` (RFC 7239).
    public var forwarded: [UInt8]

    /// Joins the claims.
    public init(
        address: [UInt8] = [],
        agent: [UInt8] = [],
        forwardedFor: [UInt8] = [],
        realIP: [UInt8] = [],
        forwarded: [UInt8] = []
    ) {
        self.address = address
        self.agent = agent
        self.forwardedFor = forwardedFor
        self.realIP = realIP
        self.forwarded = forwarded
    }

    /// A client that serves no browser.
    public static let none = ClientClaims()
}
