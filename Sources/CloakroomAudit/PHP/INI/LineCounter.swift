// SPDX-License-Identifier: Apache-2.0

/// Tells the line of a place in a text. Places are asked for in order.
struct LineCounter: Sendable {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The line, counted from 1. The spaces before a statement belong to its line; a newline before it does not.
    mutating func line(at place: Int) -> Int {
        while offset < place, offset < bytes.count {
            let isEnd =
                bytes[offset] == UInt8(ascii: "\n")
                || bytes[offset] == UInt8(ascii: "\r")
                    && (offset + 1 >= bytes.count || bytes[offset + 1] != UInt8(ascii: "\n"))
            if isEnd { line += 1 }
            offset += 1
        }
        return line
    }
}
