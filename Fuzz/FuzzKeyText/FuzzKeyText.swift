// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto

/// Any bytes as a master key: decoded, or refused with nothing left in the buffer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzKeyText(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var key = [UInt8](repeating: 0, count: MasterKey.length)
    let outcome = key.withUnsafeMutableBytes { key in
        MasterKeyText.decode(UnsafeRawBufferPointer(start: start, count: count), into: key)
    }
    if case .refused = outcome {
        precondition(key.allSatisfy { $0 == 0 }, "a refused key leaves something behind")
    }
    return 0
}
