// SPDX-License-Identifier: Apache-2.0

/// Where PHP's `files` handler keeps sessions: `session.save_path`, as `/path`, `N;/path` or `N;MODE;/path`
/// (PHP manual, "Session runtime configuration").
public struct SavePath: Equatable, Sendable {
    /// PHP makes no deeper directories by its own script (`mod_files.sh`), and nobody needs them.
    public static let greatestDepth = 9

    /// The directory.
    public let directory: String
    /// How many levels of directories there are, named after the first characters of the ids.
    public let depth: Int

    /// Joins the two.
    public init(directory: String, depth: Int) {
        self.directory = directory
        self.depth = depth
    }

    /// Reads a path as PHP does; `nil` when it is none.
    public init?(_ text: String) {
        // PHP takes what is behind the last of at most two semicolons.
        let parts = text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false)
        guard let directory = parts.last, !directory.isEmpty else { return nil }
        var depth = 0
        if parts.count > 1 {
            guard Self.isNumber(parts[0], base: 10, digits: 1), let number = Int(parts[0]) else { return nil }
            depth = number
        }
        if parts.count > 2, !Self.isNumber(parts[1], base: 8, digits: 4) { return nil }
        self.init(directory: String(directory), depth: depth)
    }

    /// Whether it has digits of this base alone, and so many at most.
    private static func isNumber(_ text: Substring, base: UInt8, digits: Int) -> Bool {
        let range = UInt8(ascii: "0")..<(UInt8(ascii: "0") + base)
        return (1...digits).contains(text.utf8.count) && text.utf8.allSatisfy(range.contains)
    }
}
