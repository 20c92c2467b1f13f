// SPDX-License-Identifier: Apache-2.0

/// Something that systemd passed and that cannot be used.
public struct SystemdError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// An environment variable of systemd's does not make sense.
        public static let environment = Code(name: "environment")
        /// A passed socket has an unknown name or is of the wrong kind.
        public static let socket = Code(name: "socket")
        /// A message could not be sent to the service manager.
        public static let notification = Code(name: "notification")
    }

    /// What kind of fault it is.
    public let code: Code
    /// What is wrong and what to do.
    public let message: String

    /// Describes a fault.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Faults are equal when their codes are; the text is for people.
    public static func == (left: SystemdError, right: SystemdError) -> Bool { left.code == right.code }
}
