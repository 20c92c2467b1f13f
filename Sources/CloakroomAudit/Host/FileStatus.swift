// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the file system says of a file (lstat(2)).
public struct FileStatus: Hashable, Sendable {
    /// What it is.
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        case symbolicLink
        case socket
        case other
    }

    /// What it is.
    public let kind: Kind
    /// The permission bits, with setuid, setgid and sticky: 12 bits.
    public let mode: UInt32
    /// The owner.
    public let user: UInt32
    /// The group.
    public let group: UInt32
    /// In bytes.
    public let size: Int
    /// Under how many names it is in its file system.
    public let links: Int
    /// When its contents last changed, unix time in seconds.
    public let modified: Int

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFSOCK: .socket
            default: .other
            }
        mode = status.st_mode & 0o7777
        user = status.st_uid
        group = status.st_gid
        size = Int(status.st_size)
        links = Int(status.st_nlink)
        modified = status.st_mtim.tv_sec
    }
}
