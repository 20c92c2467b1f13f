// SPDX-License-Identifier: Apache-2.0

/// Who waits for a session's lock, and for how long already.
public struct LockWaiter: Hashable, Sendable, CustomStringConvertible {
    /// Who waits.
    public let client: LockClient
    /// For how long, when this was asked.
    public let duration: Duration

    /// Joins the two.
    public init(client: LockClient, duration: Duration) {
        self.client = client
        self.duration = duration
    }

    /// The client.
    public var description: String { "\(client)" }
}
