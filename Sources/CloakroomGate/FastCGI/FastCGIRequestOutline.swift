// SPDX-License-Identifier: Apache-2.0

/// What stands at the beginning of what a web server has sent (FastCGI Specification 1.0), before libfcgi sees any of it.
///
/// libfcgi 2.4 waits in read(2) for what is missing, allocates what a length field says, and answers FCGI_GET_VALUES into a
/// buffer of 64 bytes. So it is given whole requests of the kind that it was made for, and nothing else.
public enum FastCGIRequestOutline: Equatable, Sendable {
    /// More has to come.
    case incomplete
    /// The connection has to be closed.
    case broken(Flaw)
    /// So many bytes that belong to a request that has been answered.
    case leftover(Int)
    /// So many bytes that are answered with these, whatever the request is; and whether the connection is closed then.
    case answered(count: Int, answer: [UInt8], closes: Bool)
    /// A whole request.
    case request(Request)

    /// What is wrong.
    public enum Flaw: Hashable, Sendable {
        /// It is not FastCGI, or not of version 1.
        case version
        /// A record that cannot stand there, or has an impossible length.
        case record
        /// The names and values contradict their own lengths, or a name has a `=` or a NUL.
        case parameters
        /// It is larger than ``FastCGIRequestOutline/maximumRequest``.
        case size
        /// Something follows the request before it is answered.
        case pipelined
    }

    /// A request that is there as a whole.
    public struct Request: Equatable, Sendable {
        /// How it is to be answered.
        public var role: GateRole
        /// Whether the web server wants the connection to stay open.
        public var keepsConnection: Bool
        /// Whether an end of the input is there, as responders get.
        public var hasInput: Bool
        /// All of its bytes.
        public var length: Int
    }

    /// The most bytes that a request may have, with the body that some web servers send along.
    public static let maximumRequest = 131_072
}
