// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import Logging

/// Keeps what is logged.
final class LogRecorder: LogHandler, Sendable {
    private let recorded = Locked<[String]>([])

    /// Each line: its message and its metadata, without the session's tag and the process.
    var lines: [String] { recorded.withLock { $0 } }

    /// The lines since the last call.
    func take() -> [String] {
        recorded.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    func log(event: LogEvent) {
        let details = (event.metadata ?? [:]).filter { !["session", "process", "pool"].contains($0.key) }
        let text = details.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        recorded.withLock { $0.append(text.isEmpty ? "\(event.message)" : "\(event.message) \(text)") }
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
}
