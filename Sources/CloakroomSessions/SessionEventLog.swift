// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
public import CloakroomCore
public import Logging

/// Writes one line for each event: `session rejected`, with `reason`, the session's tag, the pool, the client's address and its
/// process. No line names an id; the tag is made from the session's address.
public struct SessionEventLog: Sendable {
    /// Which events are written.
    public enum Selection: String, CaseIterable, Sendable {
        /// None.
        case none
        /// Those that an operator should look at.
        case attention
        /// All.
        case all
    }

    private let logger: Logger
    private let pool: PoolName
    private let selection: Selection

    /// Writes the selected events of a pool to a logger.
    public init(logger: Logger, pool: PoolName = .standard, selection: Selection) {
        self.pool = pool
        self.logger = logger
        self.selection = selection
    }

    /// Whether an event would be written, for those who have to ask for its details.
    func takes(_ event: SessionEvent, attention: Bool = false) -> Bool {
        selection == .all || (selection == .attention && (attention || event.isForAttention))
    }

    /// Writes an event. `attention`: an operator should look at it, although most of its kind are nothing to look at.
    func note(
        _ event: SessionEvent,
        _ address: SessionAddress?,
        _ client: SessionClient? = nil,
        browser: Browser? = nil,
        user: SessionAddress? = nil,
        attention: Bool = false,
        reason: String? = nil,
        details: Logger.Metadata = [:]
    ) {
        guard takes(event, attention: attention) else { return }
        var metadata = details
        if let address { metadata["session"] = "\(address.tag)" }
        metadata["pool"] = "\(pool)"
        if let reason { metadata["reason"] = "\(reason)" }
        if let user { metadata["user"] = "\(user.tag)" }
        if let browser { metadata["client"] = "\(browser.address)" }
        if let client { metadata["process"] = "\(client.identity.pid)" }
        let level = attention || event.isForAttention ? Logger.Level.notice : .info
        logger.log(level: level, "session \(event.rawValue)", metadata: metadata)
    }
}
