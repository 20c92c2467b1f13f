// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import FuzzDriver

/// Any bytes as a file of FPM's pools: pools of different names, and faults that say where.
@main
enum FuzzPoolFile {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let lines = 1 + input.count { $0 == UInt8(ascii: "\n") }
        let configuration = FPMConfiguration(text: Array(input), file: "/fuzz.conf")
        let names = configuration.pools.map { $0.name.lowercased() }
        precondition(Set(names).count == names.count, "a pool twice")
        precondition(configuration.faults.allSatisfy { (1...lines).contains($0.location.line ?? 0) }, "a fault nowhere")
    }
}
