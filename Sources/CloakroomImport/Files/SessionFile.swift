// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import Glibc

/// A session file that is open, locked as PHP locks it, and read. The lock goes with it.
final class SessionFile: ImportOriginal {
    let place: ImportPlace
    let session: ImportedSession

    private let directory: SessionDirectory
    private let name: [CChar]
    private let descriptor: Int32
    private let status: FileStatus
    private let overwrites: Bool

    /// - Parameter descriptor: is owned from here on.
    init(
        _ session: ImportedSession,
        _ descriptor: Int32,
        _ status: FileStatus,
        name: [CChar],
        in directory: SessionDirectory,
        overwrites: Bool
    ) {
        place = ImportPlace(directory: directory.path, inode: status.inode)
        self.session = session
        self.directory = directory
        self.name = name
        self.descriptor = descriptor
        self.status = status
        self.overwrites = overwrites
    }

    deinit { close(descriptor) }

    func remove() -> ImportReason? {
        // PHP keeps to the lock; somebody else may not.
        guard FileStatus.of(descriptor) == status, FileStatus.of(name, in: directory.descriptor) == status else {
            return ImportReason(.changed, "it changed since it was read; run the import again")
        }
        directory.isChanged = true
        guard overwrites else { return unlink(name) }
        // Under its own name it would be taken for a session that was changed, if this ended half way.
        let remains = SessionFileName.remains(inode: status.inode).utf8CString.map { $0 }
        guard remains == name || renameat(directory.descriptor, name, directory.descriptor, remains) == 0 else {
            return failure()
        }
        guard overwrite() else { return failure() }
        return unlink(remains)
    }

    private func unlink(_ name: [CChar]) -> ImportReason? {
        unlinkat(directory.descriptor, name, 0) == 0 ? nil : failure()
    }

    private func failure() -> ImportReason {
        ImportReason(.notRemoved, "it is imported, and cannot be removed: \(SystemMessage.text(errno))")
    }

    private func overwrite() -> Bool {
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        var offset = 0
        while offset < status.size {
            let count = pwrite(descriptor, zeros, min(zeros.count, status.size - offset), off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return fsync(descriptor) == 0
    }
}
