// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output, line by line, also where it is a file.
enum Console {
    static func line(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
