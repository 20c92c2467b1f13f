// SPDX-License-Identifier: Apache-2.0

/// What `probe.php` of the PHP client answers in a pool of FPM.
public struct ProbeAnswer: Hashable, Sendable, Codable {
    /// The number that it was asked with: a page that prints something else is not taken for it.
    public let nonce: String
    /// The version of PHP.
    public let php: String
    /// Settings as the pool has them, by name, before anything that PHP code changes. `session.save_path`, which may have a
    /// password, is not among them.
    public let settings: [String: String]
    /// Whether `session.save_path` is what the question said that it should be.
    public let savePathMatches: Bool
    /// Whether Cloakroom's `prepend.php` has run.
    public let prepended: Bool
    /// Whether Cloakroom is the save handler.
    public let handler: Bool
    /// Why the daemon is not reached; empty: it is. `nil`: it was not tried, because Cloakroom is not the save handler.
    public let daemon: String?

    /// Describes an answer.
    public init(
        nonce: String,
        php: String,
        settings: [String: String],
        savePathMatches: Bool,
        prepended: Bool,
        handler: Bool,
        daemon: String?
    ) {
        self.nonce = nonce
        self.php = php
        self.settings = settings
        self.savePathMatches = savePathMatches
        self.prepended = prepended
        self.handler = handler
        self.daemon = daemon
    }
}
