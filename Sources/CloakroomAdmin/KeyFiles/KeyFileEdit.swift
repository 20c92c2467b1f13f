// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc

/// A change of a key file, in two steps: the new contents are written beside it first, where everything that can fail does, and
/// then take its place at once. Whoever reads the file sees the old keys or the new ones, and never none.
///
/// The path comes from the daemon, whose user has fewer rights than root. So all is done in the one directory that was opened
/// first, and ``KeyFileText/ids()`` tells whether the file is one of keys at all.
public final class KeyFileEdit {
    private let path: String
    private let name: String
    private let directory: Int32
    private let original: Int32
    private var isPrepared = false

    /// The text as it is now.
    public let text: KeyFileText

    /// Opens a key file for a change, and keeps others from beginning one.
    ///
    /// - Throws: ``KeyFileError``, or `CryptoError` when the secure heap is full.
    public init(path: String) throws {
        self.path = path
        name = path.split(separator: "/").last.map(String.init) ?? ""
        let parent = KeyFile.directory(of: path)
        directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw KeyFileError.system("open", parent, errno) }
        original = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard original >= 0 else {
            let number = errno
            _ = close(directory)
            guard number != ELOOP else {
                throw KeyFileError(.contents, "\(path) is a symbolic link: change the file itself")
            }
            throw KeyFileError.system("open", path, number)
        }
        do {
            try Self.lock(original, in: directory, name, path)
            text = try KeyFile.contents(of: original, path)
        } catch {
            _ = close(original)
            _ = close(directory)
            throw error
        }
    }

    deinit {
        if isPrepared { _ = unlinkat(directory, temporary, 0) }
        _ = close(original)
        _ = close(directory)
    }

    private var temporary: String { name + ".new" }

    /// Writes the new contents beside the file, with the owner and the mode of the file, and waits until the disk has them.
    ///
    /// - Throws: ``KeyFileError``; the file is as it was.
    public func prepare(_ text: KeyFileText) throws(KeyFileError) {
        let shown = path + ".new"
        // Left behind by one who was killed: the lock says that nobody else is at it.
        _ = unlinkat(directory, temporary, 0)
        let descriptor = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw KeyFileError.system("make", shown, errno) }
        defer { _ = close(descriptor) }
        isPrepared = true
        var status = stat()
        guard fstat(original, &status) == 0 else { throw KeyFileError.system("examine", path, errno) }
        // Before the mode: a change of the owner may take bits away.
        guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            throw KeyFileError.system("keep the owner of", path, errno)
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
            throw KeyFileError.system("keep the mode of", path, errno)
        }
        try text.withUnsafeBytes { bytes throws(KeyFileError) in try KeyFile.write(bytes, to: descriptor, shown) }
        try KeyFile.synchronize(descriptor, shown)
    }

    /// Puts what was prepared into the place of the file.
    ///
    /// - Throws: ``KeyFileError``
    public func commit() throws(KeyFileError) {
        guard isPrepared else { return }
        guard renameat(directory, temporary, directory, name) == 0 else {
            throw KeyFileError.system("replace", path, errno)
        }
        isPrepared = false
        try KeyFile.synchronize(directory, path)
    }

    private static func lock(
        _ descriptor: Int32,
        in directory: Int32,
        _ name: String,
        _ path: String
    ) throws(KeyFileError) {
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
        guard fstatat(directory, name, &current, AT_SYMLINK_NOFOLLOW) == 0, current.st_dev == status.st_dev,
            current.st_ino == status.st_ino
        else { throw KeyFileError(.busy, "\(path) was replaced just now: try again") }
    }
}
