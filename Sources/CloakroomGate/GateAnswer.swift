// SPDX-License-Identifier: Apache-2.0

/// What the gate answers the web server: a CGI response (RFC 3875, section 6).
public struct GateAnswer: Equatable, Sendable {
    /// The HTTP status code.
    public var status: Int
    /// The headers, in the order in which they are sent.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// What the gate's log says of it; it is not sent. `nil`: nothing.
    public var note: String?

    /// Joins the parts.
    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        note: String? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.note = note
    }

    /// Compares all parts.
    public static func == (left: GateAnswer, right: GateAnswer) -> Bool {
        left.status == right.status && left.body == right.body && left.note == right.note
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The value of the first header of that name; `nil`: there is none.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The whole response as it is sent. No name and no value can end its line: what is no printable ASCII is percent-encoded.
    public var bytes: [UInt8] {
        var head = "Status: \(status) \(ReasonPhrase.of(status))\r\n"
        for (name, value) in headers {
            head += "\(PercentEncoding.text(name)): \(PercentEncoding.text(value))\r\n"
        }
        return Array("\(head)\r\n".utf8) + body
    }
}
