// SPDX-License-Identifier: Apache-2.0

/// Why the daemon could not be asked.
public struct AdminClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// Nobody listens on the socket.
        public static let noDaemon = Code(name: "no daemon")
        /// The socket or the daemon does not admit this user.
        public static let permission = Code(name: "permission")
        /// The daemon speaks another version of the protocol.
        public static let version = Code(name: "version")
        /// The connection ended before the reply.
        public static let lost = Code(name: "connection lost")
        /// The daemon says that it cannot do it.
        public static let refused = Code(name: "refused")
        /// What was received is no reply.
        public static let malformed = Code(name: "malformed reply")
        /// The system could not do it.
        public static let system = Code(name: "system")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was wrong and what to do.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Failures are equal when their codes are; the text is for people.
    public static func == (left: AdminClientError, right: AdminClientError) -> Bool { left.code == right.code }
}
