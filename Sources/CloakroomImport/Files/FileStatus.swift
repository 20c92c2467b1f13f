// SPDX-License-Identifier: Apache-2.0

import CFileStatus
import Glibc

/// What the system says of a file.
struct FileStatus: Equatable {
    /// What kind of file it is.
    enum Kind: Equatable {
        case regular
        case directory
        case link
        /// As people call it.
        case other(String)
    }

    let device: UInt64
    let inode: UInt64
    let kind: Kind
    let owner: UInt32
    /// How many names it has.
    let links: UInt
    let size: Int
    /// When its contents were changed last, in nanoseconds since 1970-01-01 UTC.
    let modified: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        owner = status.st_uid
        links = UInt(status.st_nlink)
        size = Int(status.st_size)
        let (product, overflow) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        modified = overflow ? .max : product + Int64(status.st_mtim.tv_nsec)
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFIFO: .other("a FIFO")
            case S_IFSOCK: .other("a socket")
            case S_IFCHR, S_IFBLK: .other("a device")
            default: .other("of an unknown kind")
            }
    }

    /// Of a name in a directory, without following a link; `nil`, with `errno`, when there is none.
    static func of(_ name: [CChar], in directory: Int32) -> FileStatus? {
        var status = stat()
        return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(status) : nil
    }

    /// Of an open file.
    static func of(_ descriptor: Int32) -> FileStatus? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
    }

    /// When an open file was made, in seconds since 1970-01-01 UTC; `nil` where the file system does not know (statx(2)).
    static func birth(of descriptor: Int32) -> UInt64? {
        let seconds = CFileStatus_birth(descriptor)
        return seconds >= 0 ? UInt64(seconds) : nil
    }

    /// Whether it is the same file.
    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
