// SPDX-License-Identifier: Apache-2.0

/// Answers to records that are about the connection and not about a request (FastCGI Specification 1.0, section 4), and to
/// requests of a role that the gate does not have.
enum FastCGIManagement {
    /// The answer to a record of request 0; `nil` when FCGI_GET_VALUES is not well-formed.
    static func answer(to kind: UInt8, _ content: UnsafeRawBufferPointer) -> [UInt8]? {
        guard kind == FastCGIRecordHeader.Kind.getValues else {
            let content = [kind] + [UInt8](repeating: 0, count: 7)
            return FastCGIRecordHeader.record(FastCGIRecordHeader.Kind.unknownType, request: 0, content)
        }
        guard let asked = names(content) else { return nil }
        let values = [("FCGI_MAX_CONNS", "512"), ("FCGI_MAX_REQS", "512"), ("FCGI_MPXS_CONNS", "0")]
        // Each once, however often it is asked for.
        let pairs = values.filter { asked.contains($0.0) }.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        return FastCGIRecordHeader.record(FastCGIRecordHeader.Kind.getValuesResult, request: 0, pairs)
    }

    /// FCGI_END_REQUEST with FCGI_UNKNOWN_ROLE (section 5.5).
    static func unknownRole(_ request: UInt16) -> [UInt8] {
        FastCGIRecordHeader.record(FastCGIRecordHeader.Kind.endRequest, request: request, [0, 0, 0, 0, 3, 0, 0, 0])
    }

    /// The names that FCGI_GET_VALUES asks for; their values are empty.
    private static func names(_ content: UnsafeRawBufferPointer) -> Set<String>? {
        var names: Set<String> = []
        var position = 0
        while position < content.count {
            guard position + 2 <= content.count else { return nil }
            let length = Int(content[position])
            let end = position + 2 + length
            guard length < 0x80, content[position + 1] == 0, end <= content.count else { return nil }
            names.insert(String(decoding: content[position + 2..<end], as: UTF8.self))
            position = end
        }
        return names
    }
}
