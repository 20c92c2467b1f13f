// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Logging

/// Writes the log to standard error in the form that journald understands, or for a person when that is a terminal.
public struct JournalLogHandler: LogHandler {
    /// The least important level that is written. Setting it makes this copy of the handler independent of the threshold that
    /// it was made with.
    public var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    /// Metadata of every line.
    public var metadata: Logger.Metadata = [:]
    /// Where more metadata comes from.
    public var metadataProvider: Logger.MetadataProvider?

    private let descriptor: Int32
    private let isTerminal: Bool
    private let limit: LogLimit?
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?

    /// Writes to standard error; many of the same message in a short time only if they are not limited.
    public init(level: Logger.Level, isLimited: Bool = true) {
        self.init(level: level, descriptor: STDERR_FILENO, limit: isLimited ? LogLimit() : nil)
    }

    /// Writes to standard error what a threshold that may change lets through.
    public init(threshold: LogThreshold) {
        self.init(threshold: threshold, descriptor: STDERR_FILENO, limit: LogLimit())
    }

    /// Writes to a descriptor, which has to stay open.
    init(level: Logger.Level, descriptor: Int32, limit: LogLimit? = LogLimit()) {
        self.init(threshold: LogThreshold(level), descriptor: descriptor, limit: limit)
    }

    /// Writes to a descriptor, which has to stay open.
    init(threshold: LogThreshold, descriptor: Int32, limit: LogLimit? = LogLimit()) {
        self.threshold = threshold
        self.limit = limit
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// The value of a key in ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line, with the metadata of the event over that of the provider over that of the handler; or none, when
    /// there were many of the same message just now.
    public func log(event: LogEvent) {
        let message = "\(event.message)"
        // What goes wrong in one pool shall not drive out what others have to say.
        let kind = metadata["pool"].map { "\(message) \($0)" } ?? message
        // Whoever asks for every detail gets it.
        let (isWritten, leftOut) = event.level < .info ? (true, 0) : limit?.admit(kind) ?? (true, 0)
        guard isWritten else { return }
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        if leftOut > 0 { all["left_out_before"] = "\(leftOut)" }
        let line = LogLine(level: event.level, message: message, metadata: all)
        write(line.text(isTerminal ? .terminal(time: Self.timeOfDay()) : .journal))
    }

    /// One `write` per line, so that lines of several threads do not mix; the rest of a line that did not fit follows. There
    /// is nowhere to report that the log cannot be written.
    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }

    private static func timeOfDay() -> String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }
}
