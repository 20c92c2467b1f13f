// SPDX-License-Identifier: Apache-2.0

extension FastCGIRequestOutline {
    private typealias Header = FastCGIRecordHeader

    /// Looks at the bytes that are there.
    public init(_ bytes: UnsafeRawBufferPointer) {
        do throws(Stop) { self = try Self.outline(bytes) } catch {
            self =
                switch error {
                case .incomplete: bytes.count < Self.maximumRequest ? .incomplete : .broken(.size)
                case .broken(let flaw): .broken(flaw)
                }
        }
    }

    private enum Stop: Error {
        case incomplete
        case broken(Flaw)
    }

    private static func outline(_ bytes: UnsafeRawBufferPointer) throws(Stop) -> FastCGIRequestOutline {
        let first = try header(bytes, at: 0)
        switch first.kind {
        case Header.Kind.beginRequest: return try begin(first, bytes)
        // The input's end of an authorizer's request, which may come after its answer; or an abort that was too late.
        case Header.Kind.standardInput, Header.Kind.abortRequest:
            guard first.request != 0, first.contentLength == 0 else { throw .broken(.record) }
            return .leftover(try whole(first, at: 0, of: bytes))
        default:
            guard first.request == 0 else { throw .broken(.record) }
            let count = try whole(first, at: 0, of: bytes)
            let content = UnsafeRawBufferPointer(rebasing: bytes[Header.length..<Header.length + first.contentLength])
            guard let answer = FastCGIManagement.answer(to: first.kind, content) else { throw .broken(.record) }
            return .answered(count: count, answer: answer, closes: false)
        }
    }

    private static func begin(
        _ first: FastCGIRecordHeader,
        _ bytes: UnsafeRawBufferPointer
    ) throws(Stop) -> FastCGIRequestOutline {
        // Lengths are looked at before the content is there, so that nobody waits for what cannot be right.
        guard first.request != 0, first.contentLength == 8 else { throw .broken(.record) }
        var position = try whole(first, at: 0, of: bytes)
        let number = Int(bytes[Header.length]) << 8 | Int(bytes[Header.length + 1])
        let isKept = bytes[Header.length + 2] & 1 != 0
        guard let role: GateRole = number == 1 ? .responder : number == 2 ? .authorizer : nil else {
            return .answered(count: position, answer: FastCGIManagement.unknownRole(first.request), closes: true)
        }
        try parameters(of: first.request, bytes, &position)
        let hasInput: Bool
        switch role {
        case .responder:
            try input(of: first.request, bytes, &position)
            hasInput = true
        case .authorizer:
            // Some web servers send an end of the input, although authorizers get none (section 6.3).
            hasInput = position < bytes.count
            if hasInput { try input(of: first.request, bytes, &position) }
        }
        guard position == bytes.count else { throw .broken(.pipelined) }
        return .request(Request(role: role, keepsConnection: isKept, hasInput: hasInput, length: position))
    }

    private static func parameters(
        of request: UInt16,
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(Stop) {
        var scanner = FastCGIPairScanner()
        while true {
            let header = try header(bytes, at: position)
            guard header.request == request, header.kind == Header.Kind.parameters else { throw .broken(.record) }
            let start = position + Header.length
            let end = min(start + header.contentLength, bytes.count)
            guard scanner.take(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else { throw .broken(.parameters) }
            position = try whole(header, at: position, of: bytes)
            guard header.contentLength == 0 else { continue }
            guard scanner.isWhole else { throw .broken(.parameters) }
            return
        }
    }

    private static func input(
        of request: UInt16,
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(Stop) {
        while true {
            let header = try header(bytes, at: position)
            guard header.request == request, header.kind == Header.Kind.standardInput else { throw .broken(.record) }
            position = try whole(header, at: position, of: bytes)
            guard header.contentLength > 0 else { return }
        }
    }

    private static func header(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(Stop) -> FastCGIRecordHeader {
        guard start >= bytes.count || bytes[start] == Header.version else { throw .broken(.version) }
        guard let header = Header(bytes, at: start) else { throw .incomplete }
        return header
    }

    /// Where the record behind this one begins.
    private static func whole(
        _ header: FastCGIRecordHeader,
        at start: Int,
        of bytes: UnsafeRawBufferPointer
    ) throws(Stop) -> Int {
        let end = start + header.recordLength
        guard end <= bytes.count else { throw .incomplete }
        return end
    }
}
