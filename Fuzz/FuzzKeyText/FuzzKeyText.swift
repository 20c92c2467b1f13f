// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import FuzzDriver

/// Any bytes as a master key: decoded, or refused with nothing left in the buffer.
@main
enum FuzzKeyText {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var key = [UInt8](repeating: 0, count: MasterKey.length)
        let outcome = key.withUnsafeMutableBytes { key in
            MasterKeyText.decode(input, into: key)
        }
        if case .refused = outcome {
            precondition(key.allSatisfy { $0 == 0 }, "a refused key leaves something behind")
        }
    }
}
