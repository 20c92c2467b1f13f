// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Something that the system does not let the gate do.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    /// Takes what was to be done, and adds what the system says to it.
    init(_ text: String, number: Int32 = errno) { description = "\(text): \(SystemMessage.text(number))" }
}
