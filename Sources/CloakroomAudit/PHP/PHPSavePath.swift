// SPDX-License-Identifier: Apache-2.0

/// `session.save_path` of the `files` handler: `PATH`, `N;PATH` or `N;MODE;PATH` (PHP manual, `session.save_path`).
public struct PHPSavePath: Hashable, Sendable {
    /// The directory; without one, PHP takes the system's for temporary files.
    public let directory: String
    /// How many levels of directories there are in it.
    public let depth: Int
    /// The permission bits of session files.
    public let mode: UInt32

    /// Reads a value of the setting.
    public init(_ text: String) {
        let parts = text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false).map(\.trimmingSpaces)
        let path = parts.last ?? ""
        directory = path.isEmpty ? "/tmp" : path
        depth = parts.count > 1 ? max(0, PHPNumber.value(parts[0]) ?? 0) : 0
        mode = (parts.count > 2 ? UInt32(parts[1], radix: 8) : nil).map { $0 & 0o7777 } ?? 0o600
    }
}
