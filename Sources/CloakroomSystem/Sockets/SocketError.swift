// SPDX-License-Identifier: Apache-2.0

/// A listening socket that could not be made.
public struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// The path cannot be that of a socket.
        public static let path = Code(name: "path")
        /// The directory that the socket should be in is not there.
        public static let directory = Code(name: "directory")
        /// Something that is not a socket is in the way.
        public static let occupied = Code(name: "occupied")
        /// Another process listens there.
        public static let busy = Code(name: "busy")
        /// The system refused.
        public static let system = Code(name: "system")
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
    public static func == (left: SocketError, right: SocketError) -> Bool { left.code == right.code }
}
