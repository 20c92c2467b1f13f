// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import FuzzDriver

/// Any bytes as PHP source: a call in one of its lines, or none.
@main
enum FuzzPHPSource {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let lines = 1 + input.count { $0 == UInt8(ascii: "\n") }
        guard let (call, line) = PHPSource.handlerCall(in: Array(input)) else { return }
        precondition(!call.isEmpty && (1...lines).contains(line), "a call nowhere")
    }
}
