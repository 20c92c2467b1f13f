// SPDX-License-Identifier: Apache-2.0

/// Who answers on the admin socket.
public struct DaemonGreeting: Equatable, Sendable, Codable {
    /// The version of the protocol.
    public let version: Int
    /// The version of `cloakroomd`.
    public let daemon: String

    /// A daemon that speaks the current version.
    public init(daemon: String, version: Int = AdminVersion.current) {
        self.version = version
        self.daemon = daemon
    }
}
