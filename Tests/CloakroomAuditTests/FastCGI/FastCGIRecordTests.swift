// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

@Suite struct FastCGIRecordTests {
    private static let end: [UInt8] = [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    private func output(_ text: String, padding: UInt8 = 0, kind: UInt8 = 6, request: UInt8 = 1) -> [UInt8] {
        let count = text.utf8.count
        return [1, kind, 0, request, UInt8(count >> 8), UInt8(count & 255), padding, 0] + Array(text.utf8)
            + [UInt8](repeating: 0xFF, count: Int(padding))
    }

    /// The bytes are written out by the specification, appendix B, example 1.
    @Test func aRequestIsAsTheSpecificationHasIt() {
        let begin: [UInt8] = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        let parameters: [UInt8] =
            [1, 4, 0, 1, 0, 4, 0, 0, 1, 1] + Array("AB".utf8) + [1, 4, 0, 1, 0, 0, 0, 0]
        #expect(FastCGIRecord.request([("A", "B")]) == begin + parameters + [1, 5, 0, 1, 0, 0, 0, 0])
    }

    @Test func longTextsHaveLongLengthsAndSeveralRecords() {
        let value = String(repeating: "x", count: 70_000)
        let bytes = FastCGIRecord.request([("A", value)])
        // Behind FCGI_BEGIN_REQUEST: a full record, whose content begins with the lengths.
        #expect(Array(bytes[16..<24]) == [1, 4, 0, 1, 0xFF, 0xFF, 0, 0])
        #expect(Array(bytes[24..<30]) == [1, 0x80, 1, 0x11, 0x70, UInt8(ascii: "A")])
        let rest = 5 + 1 + 70_000 - 65_535
        #expect(Array(bytes[(24 + 65_535)...].prefix(8)) == [1, 4, 0, 1, UInt8(rest >> 8), UInt8(rest & 255), 0, 0])
        #expect(bytes.count == 16 + 8 + 65_535 + 8 + rest + 16)
    }

    @Test func anAnswerIsTakenInAnyPieces() throws {
        let bytes =
            output("Status: 201 x\r\n", padding: 3) + output("oops", kind: 7) + output("not ours", request: 2)
            + output("\r\nbody") + Self.end + [9, 9]
        for size in 1...bytes.count {
            var reply = FastCGIReply()
            var rest = bytes[...]
            while !rest.isEmpty {
                try reply.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(reply.isComplete)
            #expect(String(decoding: reply.output, as: UTF8.self) == "Status: 201 x\r\n\r\nbody")
            #expect(String(decoding: reply.errors, as: UTF8.self) == "oops")
        }
    }

    @Test func withoutItsEndAnAnswerIsNotComplete() throws {
        var reply = FastCGIReply()
        try reply.take(output("a") + Self.end.dropLast())
        #expect(!reply.isComplete)
    }

    @Test func whatIsNoAnswerIsRefused() {
        let samples: [[UInt8]] = [
            Array("HTTP/1.1 200 OK\r\n".utf8),
            [1, 1, 0, 1, 0, 0, 0, 0],
            [1, 99, 0, 1, 0, 0, 0, 0],
            [1, 3, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0],
            [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0],
            [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0],
        ]
        for sample in samples {
            #expect(throws: FastCGIError.self) {
                var reply = FastCGIReply()
                try reply.take(sample)
            }
        }
    }

    @Test func anEndlessAnswerIsRefused() {
        #expect(throws: FastCGIError.self) {
            var reply = FastCGIReply()
            let record = output(String(repeating: "x", count: 60_000))
            for _ in 0..<10 { try reply.take(record) }
        }
    }

    @Test func ofComplaintsOnlyTheBeginningIsKept() throws {
        var reply = FastCGIReply()
        for _ in 0..<10 { try reply.take(output(String(repeating: "x", count: 60_000), kind: 7)) }
        #expect(reply.errors.count == FastCGIReply.maximumErrors)
    }

    @Test func aResponseOfCGIHasHeadersAndABody() {
        #expect(CGIResponse(Array("Content-Type: a\r\n\r\nb\n\nc".utf8))?.status == 200)
        #expect(CGIResponse(Array("A: b\nstatus:404 Not Found\n\nbody".utf8))?.status == 404)
        #expect(CGIResponse(Array("\nbody".utf8))?.body == Array("body".utf8))
        #expect(CGIResponse(Array("Status: 99\n\n".utf8)) == nil)
        #expect(CGIResponse(Array("Status: many\n\n".utf8)) == nil)
        #expect(CGIResponse(Array("no end: of the headers\n".utf8)) == nil)
        #expect(CGIResponse([]) == nil)
    }

    @Test(arguments: [
        ("/run/php/fpm.sock", FastCGIAddress.unix(path: "/run/php/fpm.sock")),
        ("9000", .loopback(isIPv6: false, port: 9000)), ("*:9000", .loopback(isIPv6: false, port: 9000)),
        ("127.0.0.1:9000", .loopback(isIPv6: false, port: 9000)), ("[::1]:9000", .loopback(isIPv6: true, port: 9000)),
        ("[::]:9000", .loopback(isIPv6: true, port: 9000)), ("192.0.2.1:9000", .network),
        ("[2001:db8::1]:9000", .network),
        ("php.example:9000", .network),
    ])
    func addressesAreThoseOfFPM(_ sample: (text: String, address: FastCGIAddress)) {
        #expect(FastCGIAddress(listen: sample.text) == sample.address)
    }

    @Test(arguments: ["", "0", "65536", "127.0.0.1:", "localhost", "-1"])
    func whatIsNoAddressIsNone(_ text: String) {
        #expect(FastCGIAddress(listen: text) == nil)
    }
}
