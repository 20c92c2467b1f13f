// SPDX-License-Identifier: Apache-2.0

/// The header of a record (FastCGI Specification 1.0, section 3.3).
struct FastCGIRecordHeader {
    /// FCGI_BEGIN_REQUEST and so on.
    enum Kind {
        static let beginRequest: UInt8 = 1
        static let abortRequest: UInt8 = 2
        static let endRequest: UInt8 = 3
        static let parameters: UInt8 = 4
        static let standardInput: UInt8 = 5
        static let getValues: UInt8 = 9
        static let getValuesResult: UInt8 = 10
        static let unknownType: UInt8 = 11
    }

    static let length = 8
    static let version: UInt8 = 1

    let version: UInt8
    let kind: UInt8
    let request: UInt16
    let contentLength: Int
    let paddingLength: Int

    /// All of the record.
    var recordLength: Int { Self.length + contentLength + paddingLength }

    /// Reads a header; `nil` when there are too few bytes.
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        guard bytes.count - start >= Self.length else { return nil }
        version = bytes[start]
        kind = bytes[start + 1]
        request = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
        contentLength = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
        paddingLength = Int(bytes[start + 6])
    }

    /// A record to send; its content is shorter than 65,536 bytes.
    static func record(_ kind: UInt8, request: UInt16, _ content: [UInt8]) -> [UInt8] {
        let padding = (8 - content.count % 8) % 8
        return [
            version, kind, UInt8(request >> 8), UInt8(request & 0xff), UInt8(content.count >> 8),
            UInt8(content.count & 0xff), UInt8(padding), 0,
        ] + content + [UInt8](repeating: 0, count: padding)
    }
}
