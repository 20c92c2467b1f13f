// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which run of the machine this is: a number that the kernel draws when it starts (random(4), `boot_id`).
public struct BootID: Hashable, Sendable {
    /// The number's length in bytes.
    static let length = 16

    let high: UInt64
    let low: UInt64

    /// Takes the halves of the number.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the number as the kernel writes it, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`; `nil` for anything else.
    init?(text: some StringProtocol) {
        let digits = String(text).filter { $0 != "-" }
        guard digits.count == 2 * Self.length, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let high = UInt64(digits.prefix(Self.length), radix: 16),
            let low = UInt64(digits.suffix(Self.length), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// This run's; `nil` where the kernel does not say it, as in a sandbox without `/proc`.
    public static var current: BootID? {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return BootID(text: String(decoding: buffer[..<count], as: UTF8.self).prefix { $0 != "\n" })
    }
}
