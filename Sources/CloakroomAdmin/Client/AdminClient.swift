// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A connection to the daemon's admin socket that blocks; for one thread.
public final class AdminClient {
    /// How long the daemon may take to accept a connection and to say who it is. Nothing else has a limit: a reply takes as
    /// long as the work.
    public static let patience = Duration.seconds(10)

    private let stream: AdminStream
    /// What the daemon said when it accepted the connection.
    public let greeting: DaemonGreeting

    /// Connects, and waits for the daemon's greeting.
    ///
    /// - Parameter patience: how long the daemon may take for that.
    /// - Throws: ``AdminClientError`` when nobody listens, this user may not, or the daemon is of another version.
    public init(path: String, patience: Duration = AdminClient.patience) throws(AdminClientError) {
        stream = try AdminStream(path: path, patience: patience)
        switch try stream.reply() {
        case .hello(let greeting): self.greeting = greeting
        case .error(let error): throw Self.failure(error, path)
        default: throw AdminClientError(.malformed, "what listens on \(path) does not greet: is it cloakroomd?")
        }
        guard greeting.version == AdminVersion.current else {
            throw AdminClientError(
                .version,
                "cloakroomd \(greeting.daemon) speaks version \(greeting.version) of the admin protocol, and this "
                    + "cloakroomctl version \(AdminVersion.current): use the cloakroomctl that came with the daemon, "
                    + "or restart the daemon after an upgrade"
            )
        }
        stream.waitWithoutLimit()
    }

    /// Asks, and waits for the last reply.
    ///
    /// - Parameter each: gets what comes before it.
    /// - Throws: ``AdminClientError``, also when the daemon answers that it could not.
    public func ask(
        _ request: AdminRequest,
        each: (AdminReply) -> Void = { _ in }
    ) throws(AdminClientError) -> AdminReply {
        try stream.send(request)
        while true {
            switch try stream.reply() {
            case .error(let error): throw Self.failure(error, stream.path)
            case let reply where reply.isLast: return reply
            case let reply: each(reply)
            }
        }
    }

    /// Asks for something that the daemon keeps as long as this connection lasts, and waits for what it says of it. Nothing else can
    /// be asked on the connection.
    ///
    /// - Throws: ``AdminClientError``, also when the daemon answers that it could not.
    public func hold(
        _ request: AdminRequest,
        progress: (WorkStep) -> Void
    ) throws(AdminClientError) -> AdminReply {
        try stream.send(request)
        while true {
            switch try stream.reply() {
            case .error(let error): throw Self.failure(error, stream.path)
            case .progress(let step): progress(step)
            case let reply: return reply
            }
        }
    }

    /// Asks, shows how far the work is, and waits for the last reply.
    ///
    /// - Throws: ``AdminClientError``, also when the daemon answers that it could not.
    public func ask(
        _ request: AdminRequest,
        progress: (WorkStep) -> Void
    ) throws(AdminClientError) -> AdminReply {
        try ask(request) { reply in if case .progress(let step) = reply { progress(step) } }
    }

    private static func failure(_ error: AdminError, _ path: String) -> AdminClientError {
        AdminClientError(error.code == .refused ? .permission : .refused, error.message)
    }
}
