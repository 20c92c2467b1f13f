// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The terminal that standard output is.
enum Terminal {
    private static let usual = 80

    /// How many characters fit in a line; 80 when it is none.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return usual }
        return Int(size.ws_col)
    }
}
