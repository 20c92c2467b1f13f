// SPDX-License-Identifier: Apache-2.0

/// Where something is. The names of session files and keys have the ids of sessions in them, so files are named by their inode
/// (`find DIR -inum N`), and keys by their beginning.
public struct ImportPlace: Equatable, Sendable, Encodable {
    /// The directory of a file.
    public let directory: String?
    /// The inode of a file.
    public let inode: UInt64?
    /// The beginning of a key.
    public let key: String?

    /// The place of a file.
    public init(directory: String, inode: UInt64) {
        (self.directory, self.inode, key) = (directory, inode, nil)
    }

    /// The place of a value; only the beginning of the key.
    public init(key: String) { (directory, inode, self.key) = (nil, nil, key) }
}

extension ImportPlace: CustomStringConvertible {
    /// The place, for people.
    public var description: String {
        if let directory, let inode { return "inode \(inode) in \(directory)" }
        return "key \(key ?? "")…"
    }
}
