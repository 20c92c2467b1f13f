// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import Testing

@Suite struct GateAnswerTests {
    @Test func headersAreComparedInOrder() {
        let answer = GateAnswer(status: 204, headers: [(name: "A", value: "1"), (name: "B", value: "2")])
        #expect(answer != GateAnswer(status: 204, headers: answer.headers.reversed()))
    }
}
