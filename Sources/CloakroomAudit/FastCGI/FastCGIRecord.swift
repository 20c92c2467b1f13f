// SPDX-License-Identifier: Apache-2.0

/// The records of FastCGI 1.0 (section 3.3 of the specification) that a web server sends and receives for one request.
package enum FastCGIRecord {
    static let version: UInt8 = 1
    static let headerLength = 8
    /// The only request on its connection.
    static let request: UInt16 = 1
    static let maximumContent = 65_535

    /// FCGI_BEGIN_REQUEST and so on.
    enum Kind: UInt8 {
        case beginRequest = 1
        case endRequest = 3
        case parameters = 4
        case standardInput = 5
        case standardOutput = 6
        case standardError = 7
    }

    /// A whole request in the role of a responder, without a body; the connection is closed after its answer.
    ///
    /// - Parameter parameters: the variables of CGI.
    package static func request(_ parameters: [(name: String, value: String)]) -> [UInt8] {
        let responder: [UInt8] = [0, 1]
        let begin = responder + [UInt8](repeating: 0, count: 6)
        let pairs = parameters.flatMap { pair($0.name, $0.value) }
        let ends = record(.parameters, []) + record(.standardInput, [])
        return record(.beginRequest, begin[...]) + stream(.parameters, pairs) + ends
    }

    private static func stream(_ kind: Kind, _ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: maximumContent).flatMap { start in
            record(kind, bytes[start..<min(start + maximumContent, bytes.count)])
        }
    }

    private static func record(_ kind: Kind, _ content: ArraySlice<UInt8>) -> [UInt8] {
        [version, kind.rawValue] + bigEndian(request) + bigEndian(UInt16(content.count)) + [0, 0] + content
    }

    /// A name and a value (section 3.4): lengths over 127 take four bytes.
    private static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : bigEndian(UInt16(count >> 16) | 0x8000) + bigEndian(UInt16(count & 0xFFFF))
    }

    private static func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
