// SPDX-License-Identifier: Apache-2.0

/// What the gate answers the web server: a CGI response (RFC 3875, section 6).
public struct GateAnswer: Equatable, Sendable {
    /// The HTTP status code.
    public var status: Int
    /// The headers, in the order in which they are sent.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]

    /// Joins the parts.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Compares all parts.
    public static func == (left: GateAnswer, right: GateAnswer) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}
