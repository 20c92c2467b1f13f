// SPDX-License-Identifier: Apache-2.0

extension UnsafeRawBufferPointer {
    /// The bytes as RocksDB's C interface takes them. An empty buffer may have no address; RocksDB copies nothing then.
    var characters: (UnsafePointer<CChar>?, Int) {
        (baseAddress?.assumingMemoryBound(to: CChar.self), count)
    }
}
