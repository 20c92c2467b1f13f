// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reading and writing as a whole, where read(2) and write(2) may do a part, or be interrupted.
public enum DescriptorBytes {
    /// Fills as much of a buffer as there is; fewer bytes: the end. `nil`, with `errno`, when the file cannot be read.
    public static func read(into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Int? {
        var filled = 0
        while filled < buffer.count {
            let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    /// Writes all bytes; `false`, with `errno`, when it cannot.
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
