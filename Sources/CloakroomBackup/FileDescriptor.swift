// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// An open file, which is closed with the object.
final class FileDescriptor {
    let number: Int32
    /// What it is called in messages.
    let path: String

    /// Takes an open descriptor.
    init(_ number: Int32, _ path: String) {
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    func status() throws(BackupError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw BackupError.system("examine", path, errno) }
        return status
    }

    /// Fills as much of a buffer as there is; 0: the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(BackupError) -> Int {
        guard let count = DescriptorBytes.read(into: buffer, from: number) else {
            throw BackupError.system("read", path, errno)
        }
        return count
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(BackupError) {
        guard DescriptorBytes.write(bytes, to: number) else { throw BackupError.system("write", path, errno) }
    }

    /// Waits until the disk has it.
    func synchronize() throws(BackupError) {
        guard fsync(number) == 0 else { throw BackupError.system("bring to the disk", path, errno) }
    }

    func setOwner(_ owner: FileOwner) throws(BackupError) {
        let now = try status()
        guard now.st_uid != owner.user || now.st_gid != owner.group else { return }
        guard fchown(number, owner.user, owner.group) == 0 else {
            throw BackupError.system("change the owner of", path, errno)
        }
    }
}

/// Whom a file belongs to.
struct FileOwner: Equatable {
    let user: uid_t
    let group: gid_t
}
