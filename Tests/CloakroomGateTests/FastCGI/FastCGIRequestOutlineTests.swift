// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Testing

@testable import CloakroomGate

/// What is given to libfcgi, and what is kept from it.
@Suite struct FastCGIRequestOutlineTests {
    private let parameters = [("REMOTE_ADDR", "192.0.2.1"), ("HTTP_COOKIE", String(repeating: "a=b; ", count: 60))]

    private func outline(_ bytes: [UInt8]) -> FastCGIRequestOutline {
        bytes.withUnsafeBytes { FastCGIRequestOutline($0) }
    }

    @Test(arguments: [true, false], [1, 7, 65_535]) func wholeRequestIsSeen(keeps: Bool, cut: Int) {
        var message = FastCGIMessage(parameters, keepsConnection: keeps)
        message.cut = cut
        let bytes = message.bytes
        let whole = FastCGIRequestOutline.Request(
            role: .responder,
            keepsConnection: keeps,
            hasInput: true,
            length: bytes.count
        )
        #expect(outline(bytes) == .request(whole))
        for count in bytes.indices { #expect(outline(Array(bytes[..<count])) == .incomplete) }
        #expect(outline(bytes + [1]) == .broken(.pipelined))
    }

    @Test func bodyBelongsToTheRequest() {
        var message = FastCGIMessage(parameters)
        message.body = Array("a=b".utf8)
        let bytes = message.bytes
        let whole = FastCGIRequestOutline.Request(
            role: .responder,
            keepsConnection: false,
            hasInput: true,
            length: bytes.count
        )
        #expect(outline(bytes) == .request(whole))
    }

    @Test func authorizerHasNoInputOrItsEnd() {
        let bytes = FastCGIMessage(parameters, role: 2).bytes
        guard case .request(let request) = outline(bytes) else {
            Issue.record("no request")
            return
        }
        #expect(request.role == .authorizer && !request.hasInput)
        let end = FastCGIMessage.record(5, [])
        guard case .request(let other) = outline(bytes + end) else {
            Issue.record("no request")
            return
        }
        #expect(other.hasInput && other.length == bytes.count + 8)
        // It comes late: the next request begins behind it.
        #expect(outline(end + bytes) == .leftover(8))
    }

    @Test func managementIsAnsweredHereAndNotByTheLibrary() {
        let names = (0..<500).flatMap { _ in FastCGIMessage.pair("FCGI_MPXS_CONNS", "") }
        guard case .answered(let count, let answer, closes: false) = outline(FastCGIMessage.record(9, names, 0)) else {
            Issue.record("no answer")
            return
        }
        #expect(count == 8 + names.count)
        #expect(answer == FastCGIMessage.record(10, FastCGIMessage.pair("FCGI_MPXS_CONNS", "0"), 0, padding: 6))
        let unknown = outline(FastCGIMessage.record(200, [1, 2], 0, padding: 3))
        let expected = FastCGIMessage.record(11, [200, 0, 0, 0, 0, 0, 0, 0], 0)
        #expect(unknown == .answered(count: 13, answer: expected, closes: false))
    }

    @Test func filterIsToldThatItsRoleIsUnknown() {
        let begin = FastCGIMessage.record(1, [0, 3, 1, 0, 0, 0, 0, 0], 7)
        let answer = FastCGIMessage.record(3, [0, 0, 0, 0, 3, 0, 0, 0], 7)
        #expect(outline(begin) == .answered(count: 16, answer: answer, closes: true))
    }

    @Test func whatCannotBeRightIsBroken() {
        let begin = FastCGIMessage.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        let record = FastCGIMessage.record
        #expect(outline(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == .broken(.version))
        #expect(outline(begin + [2]) == .broken(.version))
        #expect(outline(record(1, [0, 1, 0, 0, 0, 0, 0], 1, 0)) == .broken(.record))
        #expect(outline(record(1, [0, 1, 0, 0, 0, 0, 0, 0], 0, 0)) == .broken(.record))
        #expect(outline(record(4, [], 1, 0)) == .broken(.record))
        #expect(outline(record(5, [1], 1, 0)) == .broken(.record))
        #expect(outline(begin + record(5, [], 1, 0)) == .broken(.record))
        #expect(outline(begin + record(4, [], 2, 0)) == .broken(.record))
        #expect(outline(begin + begin) == .broken(.record))
        #expect(outline(record(9, [5, 0, 65], 0, 0)) == .broken(.record))
    }

    @Test(
        arguments: [
            [1], [1, 1, 65], [0x80, 0, 0], [0xbf, 0xff, 0xff, 0xff, 0], [0, 0xff, 0xff, 0xff, 0xff],
            FastCGIMessage.pair("A=B", "c"), FastCGIMessage.pair("A\0", "c"), FastCGIMessage.pair("A", "b") + [0],
        ] as [[UInt8]]
    ) func lengthsThatLieAreBroken(_ content: [UInt8]) {
        let begin = FastCGIMessage.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        let bytes = begin + FastCGIMessage.record(4, content) + FastCGIMessage.record(4, [])
        #expect(outline(bytes) == .broken(.parameters))
    }

    @Test func whatIsTooLargeIsBroken() {
        let value = String(repeating: "a", count: 1 << 20)
        let bytes = FastCGIMessage([("HTTP_COOKIE", value)]).bytes
        #expect(outline(Array(bytes[..<FastCGIRequestOutline.maximumRequest])) == .broken(.parameters))
        var message = FastCGIMessage((0..<3_000).map { ("X\($0)", String(repeating: "a", count: 60)) })
        #expect(outline(Array(message.bytes[..<FastCGIRequestOutline.maximumRequest])) == .broken(.size))
        message.parameters.removeLast(1_500)
        guard case .request = outline(message.bytes) else {
            Issue.record("1,500 parameters are refused")
            return
        }
    }

    @Test func neverTakesMoreThanIsThere() {
        var random = SeededGenerator(seed: 8)
        let valid = FastCGIMessage(parameters).bytes
        for _ in 0..<20_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            switch outline(bytes) {
            case .request(let request): #expect(request.length == bytes.count)
            case .leftover(let count), .answered(let count, _, _): #expect((1...bytes.count).contains(count))
            case .incomplete, .broken: break
            }
        }
    }
}
