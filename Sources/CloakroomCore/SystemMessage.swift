// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's text for an error number.
public enum SystemMessage {
    /// `strerror_r(3)`: unlike `strerror`, safe with threads.
    public static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
