// SPDX-License-Identifier: Apache-2.0

@testable import CloakroomGate
import Testing

@Suite struct GateAnswerTests {
    @Test func headersAreComparedInOrder() {
        let answer = GateAnswer(status: 204, headers: [(name: "A", value: "1"), (name: "B", value: "2")])
        #expect(answer != GateAnswer(status: 204, headers: answer.headers.reversed()))
    }

    @Test func isACGIResponse() {
        let answer = GateAnswer(
            status: 503,
            headers: [(name: "Retry-After", value: "1")],
            body: Array("text".utf8),
            note: "why"
        )
        #expect(answer.bytes == Array("Status: 503 Service Unavailable\r\nRetry-After: 1\r\n\r\ntext".utf8))
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "\u{85}", "a\u{2028}b"])
    func noValueEndsItsLine(value: String) {
        let bytes = GateAnswer(status: 200, headers: [(name: "A", value: value), (name: value, value: "1")]).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "\r\n", omittingEmptySubsequences: false).count == 5)
        #expect(bytes.allSatisfy { $0 == 10 || $0 == 13 || (0x20...0x7e).contains($0) })
        #expect(bytes.count(where: { $0 == 10 }) == 4)
    }
}
