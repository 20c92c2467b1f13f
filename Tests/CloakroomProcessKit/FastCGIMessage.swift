// SPDX-License-Identifier: Apache-2.0

/// A request as a web server sends it (FastCGI Specification 1.0), written without the code that it tests.
public struct FastCGIMessage: Sendable {
    /// 1: responder, 2: authorizer.
    public var role: UInt16
    /// Whether the connection is to stay open.
    public var keepsConnection: Bool
    /// The request's number on its connection.
    public var number: UInt16
    /// The parameters.
    public var parameters: [(name: String, value: String)]
    /// The body; `nil`: not even its end is sent.
    public var body: [UInt8]? = []
    /// The most content of a record of parameters.
    public var cut = 65_535

    /// Joins the parts; an authorizer's request has no body.
    public init(
        _ parameters: [(name: String, value: String)],
        role: UInt16 = 1,
        keepsConnection: Bool = false,
        number: UInt16 = 1
    ) {
        self.parameters = parameters
        self.role = role
        self.keepsConnection = keepsConnection
        self.number = number
        body = role == 2 ? nil : []
    }

    /// All records.
    public var bytes: [UInt8] {
        let begin = [UInt8(role >> 8), UInt8(role & 0xff), keepsConnection ? 1 : 0, 0, 0, 0, 0, 0]
        let pairs = parameters.flatMap { Self.pair($0.name, $0.value) }
        var bytes = Self.record(1, begin, number) + stream(4, pairs)
        if let body { bytes += stream(5, body) }
        return bytes
    }

    /// One record.
    public static func record(_ kind: UInt8, _ content: [UInt8], _ request: UInt16 = 1, padding: UInt8 = 0) -> [UInt8] {
        [
            1, kind, UInt8(request >> 8), UInt8(request & 0xff), UInt8(content.count >> 8), UInt8(content.count & 0xff),
            padding, 0,
        ] + content + [UInt8](repeating: 0, count: Int(padding))
    }

    /// A name and a value with their lengths.
    public static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : (0..<4).map { UInt8(truncatingIfNeeded: (count | 0x8000_0000) >> (24 - 8 * $0)) }
    }

    private func stream(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: cut).flatMap { start in
            Self.record(kind, Array(bytes[start..<min(start + cut, bytes.count)]), number)
        } + Self.record(kind, [], number)
    }
}
