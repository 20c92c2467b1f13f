// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomSystem

/// A time limit on the command line: seconds, also with a fraction.
struct TimeLimit: ExpressibleByArgument {
    let duration: Duration
    let defaultValueDescription: String

    /// A whole number of seconds.
    init(seconds: Int) {
        duration = .seconds(seconds)
        defaultValueDescription = "\(seconds)"
    }

    /// From 0.01 seconds to an hour.
    init?(argument: String) {
        guard let seconds = Double(argument), (0.01...3_600).contains(seconds) else { return nil }
        duration = .milliseconds(Int64((seconds * 1_000).rounded()))
        defaultValueDescription = argument
    }
}

/// Permission bits on the command line, in octal.
struct SocketMode: ExpressibleByArgument {
    let bits: UInt32

    var defaultValueDescription: String { "0" + String(bits, radix: 8) }

    /// Takes them as they are.
    init(bits: UInt32) { self.bits = bits }

    init?(argument: String) {
        guard let bits = UInt32(argument, radix: 8), bits <= 0o777 else { return nil }
        self.bits = bits
    }
}

extension LoopbackAddress {
    /// Only addresses that other hosts do not reach.
    static func option(_ text: String) throws -> LoopbackAddress {
        guard let address = LoopbackAddress(text) else {
            throw ValidationError(
                "--listen takes 127.0.0.1:PORT or [::1]:PORT, not \"\(text)\": other addresses can be reached from other hosts."
            )
        }
        return address
    }
}
