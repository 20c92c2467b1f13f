// SPDX-License-Identifier: Apache-2.0

/// Permission bits as chmod(1) has them.
func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
