// SPDX-License-Identifier: Apache-2.0

/// A place in a file.
public struct FileLocation: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The file, as the audited host calls it.
    public let path: String
    /// The line, counted from 1; `nil`: the file or directory as a whole.
    public let line: Int?

    /// Names a place.
    public init(_ path: String, line: Int? = nil) {
        self.path = path
        self.line = line
    }

    /// As compilers write it.
    public var description: String { line.map { "\(path):\($0)" } ?? path }
}
