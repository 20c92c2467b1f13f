// SPDX-License-Identifier: Apache-2.0

/// Something in an INI file that PHP does not understand; it reads the file no further.
public struct INISyntaxError: Error, Hashable, Sendable {
    /// The line of the statement, counted from 1.
    public let line: Int
}
