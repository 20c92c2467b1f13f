// SPDX-License-Identifier: Apache-2.0

/// What a FastCGI server answers to one request, taken as it comes. It keeps no more than ``maximumOutput`` and
/// ``maximumErrors``.
package struct FastCGIReply {
    /// The most output that is taken, in bytes.
    package static let maximumOutput = 262_144
    /// The most that is kept of what the server would write to the error log, in bytes.
    package static let maximumErrors = 4_096

    /// What was printed: the headers and the body of CGI.
    package private(set) var output: [UInt8] = []
    /// The beginning of what the server would write to the error log.
    package private(set) var errors: [UInt8] = []
    /// Whether all of it is there.
    package private(set) var isComplete = false
    private var pending: [UInt8] = []

    /// Nothing came yet.
    package init() {}

    /// Takes the next bytes, also parts of records.
    ///
    /// - Throws: ``FastCGIError/malformed(_:)`` or ``FastCGIError/refused(_:)``.
    package mutating func take(_ bytes: some Sequence<UInt8>) throws(FastCGIError) {
        pending += bytes
        var start = 0
        while !isComplete, pending.count - start >= FastCGIRecord.headerLength {
            let header = pending[start..<start + FastCGIRecord.headerLength]
            let length = Int(header[start + 4]) << 8 | Int(header[start + 5])
            let content = start + FastCGIRecord.headerLength
            let end = content + length + Int(header[start + 6])
            guard header[start] == FastCGIRecord.version else {
                throw .malformed("its answer is not of FastCGI 1")
            }
            guard pending.count >= end else { break }
            let request = UInt16(header[start + 2]) << 8 | UInt16(header[start + 3])
            try take(kind: header[start + 1], request: request, pending[content..<content + length])
            start = end
        }
        pending.removeFirst(start)
    }

    private mutating func take(kind: UInt8, request: UInt16, _ content: ArraySlice<UInt8>) throws(FastCGIError) {
        // Records about the connection belong to request 0, and are for web servers that keep it.
        guard request == FastCGIRecord.request else { return }
        switch FastCGIRecord.Kind(rawValue: kind) {
        case .standardOutput:
            guard output.count + content.count <= Self.maximumOutput else {
                throw .malformed("its answer has more than \(Self.maximumOutput) bytes")
            }
            output += content
        case .standardError: errors += content.prefix(Self.maximumErrors - errors.count)
        case .endRequest: try end(content)
        case .beginRequest, .parameters, .standardInput, nil:
            throw .malformed("its answer has a record of type \(kind), which servers do not send")
        }
    }

    /// FCGI_END_REQUEST: four bytes that the application chooses, and one of the protocol.
    private mutating func end(_ content: ArraySlice<UInt8>) throws(FastCGIError) {
        guard content.count >= 5 else { throw .malformed("the end of its answer is cut off") }
        switch content[content.startIndex + 4] {
        case 0: isComplete = true
        case 1: throw .refused("it takes one request at a time")
        case 2: throw .refused("it is overloaded")
        case 3: throw .refused("it answers no requests of this role")
        case let other: throw .malformed("the end of its answer has the unknown status \(other)")
        }
    }
}
