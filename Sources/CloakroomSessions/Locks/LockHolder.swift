// SPDX-License-Identifier: Apache-2.0

/// Who holds a session's lock, and for how long already.
public struct LockHolder: Hashable, Sendable, CustomStringConvertible {
    /// Who holds it.
    public let client: LockClient
    /// For how long, when this was asked.
    public let duration: Duration

    /// Joins the two.
    public init(client: LockClient, duration: Duration) {
        self.client = client
        self.duration = duration
    }

    /// The client, and the time in seconds.
    public var description: String {
        let milliseconds = Int64(duration / .milliseconds(1))
        return "\(client) has held it for \(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }
}
