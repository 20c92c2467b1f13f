// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc

/// A change of a key file, in two steps: the new contents are written beside it first, where everything that can fail does, and
/// then take its place at once. Whoever reads the file sees the old keys or the new ones, and never none.
public final class KeyFileEdit {
    private let path: String
    private let original: Int32
    private var temporary: String?

    /// The text as it is now.
    public let text: KeyFileText

    /// Opens a key file for a change, and keeps others from beginning one.
    ///
    /// - Throws: ``KeyFileError``
    public init(path: String) throws {
        self.path = path
        original = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard original >= 0 else {
            guard errno != ELOOP else {
                throw KeyFileError(.contents, "\(path) is a symbolic link: change the file itself")
            }
            throw KeyFileError.system("open", path, errno)
        }
        do {
            try Self.lock(original, path)
            text = try KeyFile.contents(of: original, path)
        } catch {
            _ = close(original)
            throw error
        }
    }

    deinit {
        if let temporary { _ = unlink(temporary) }
        _ = close(original)
    }

    /// Writes the new contents beside the file, with the owner and the mode of the file, and waits until the disk has them.
    ///
    /// - Throws: ``KeyFileError``; the file is as it was.
    public func prepare(_ text: KeyFileText) throws {
        let name = "\(path).new"
        // Left behind by one who was killed: the lock says that nobody else is at it.
        _ = unlink(name)
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw KeyFileError.system("make", name, errno) }
        defer { _ = close(descriptor) }
        temporary = name
        var status = stat()
        guard fstat(original, &status) == 0 else { throw KeyFileError.system("examine", path, errno) }
        // Before the mode: a change of the owner may take bits away.
        guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            throw KeyFileError.system("keep the owner of", path, errno)
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
            throw KeyFileError.system("keep the mode of", path, errno)
        }
        try text.withUnsafeBytes { try KeyFile.write($0, to: descriptor, path) }
        try KeyFile.synchronize(descriptor, path)
    }

    /// Puts what was prepared into the place of the file.
    ///
    /// - Throws: ``KeyFileError``
    public func commit() throws(KeyFileError) {
        guard let temporary else { return }
        guard rename(temporary, path) == 0 else { throw KeyFileError.system("replace", path, errno) }
        self.temporary = nil
        try KeyFile.synchronizeDirectory(of: path)
    }

    private static func lock(_ descriptor: Int32, _ path: String) throws(KeyFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyFileError.system("examine", path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeyFileError(.contents, "\(path) is not a regular file: change the keys where they come from")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw KeyFileError.system("lock", path, errno) }
            throw KeyFileError(.busy, "another cloakroomctl is changing \(path): try again when it is done")
        }
        var current = stat()
        guard lstat(path, &current) == 0, current.st_dev == status.st_dev, current.st_ino == status.st_ino else {
            throw KeyFileError(.busy, "\(path) was replaced just now: try again")
        }
    }
}
