// SPDX-License-Identifier: Apache-2.0

/// Why a request of an administrator was not carried out. It crosses the socket as a reply.
public struct AdminError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is. The texts are part of the protocol.
    public struct Code: Hashable, Sendable, Codable {
        /// The code as it stands in messages.
        public let name: String

        private init(name: String) { self.name = name }

        /// The kernel says that the caller may not.
        public static let refused = Code(name: "refused")
        /// The connection is one too many.
        public static let tooMany = Code(name: "too many connections")
        /// What was received is no message.
        public static let malformed = Code(name: "malformed")
        /// A message is longer than a frame may be.
        public static let tooLarge = Code(name: "too large")
        /// A request that the daemon does not know.
        public static let unknownRequest = Code(name: "unknown request")
        /// A pool that the daemon does not have.
        public static let unknownPool = Code(name: "unknown pool")
        /// A request while the last one of the connection is being answered.
        public static let busy = Code(name: "busy")
        /// It was tried and failed.
        public static let failed = Code(name: "failed")
        /// The client did not ask in time.
        public static let idle = Code(name: "idle")

        /// Reads a code, which may be one of another version.
        public init(from decoder: any Decoder) throws {
            name = try decoder.singleValueContainer().decode(String.self)
        }

        /// Writes the text.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(name)
        }
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
    public static func == (left: AdminError, right: AdminError) -> Bool { left.code == right.code }
}
