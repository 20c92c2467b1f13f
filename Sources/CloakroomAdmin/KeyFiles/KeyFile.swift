// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomCrypto
import Glibc

/// Reads and makes files that have a key.
public enum KeyFile {
    /// Reads the one key that a file has, or that comes on the standard input (`-`).
    ///
    /// - Throws: ``KeyFileError``, or `CryptoError` for what is not a key.
    public static func key(from path: String) throws -> MasterKey {
        let isInput = path == "-"
        let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw KeyFileError.system("open", path, errno) }
        defer { if !isInput { _ = close(descriptor) } }
        let name = isInput ? "the standard input" : path
        do { return try contents(of: descriptor, name).withUnsafeBytes { try MasterKey(contents: $0) } } catch {
            guard let error = error as? CryptoError, error.code == .key else { throw error }
            throw KeyFileError(.contents, "\(name): \(error.message)")
        }
    }

    /// Writes a key into a new file of mode 0600, and waits until the disk has it.
    ///
    /// - Throws: ``KeyFileError``, of code `exists` when there is something already.
    public static func make(_ path: String, with key: MasterKey) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            guard errno != EEXIST else {
                throw KeyFileError(.exists, "\(path) is there already, and may have a key: name another file")
            }
            throw KeyFileError.system("make", path, errno)
        }
        defer { _ = close(descriptor) }
        do {
            // A umask may have taken away more than what others could do.
            guard fchmod(descriptor, 0o600) == 0 else { throw KeyFileError.system("set the mode of", path, errno) }
            try key.base64().withUnsafeBytes { try write($0, to: descriptor, path) }
            try withUnsafeBytes(of: UInt8(ascii: "\n")) { try write($0, to: descriptor, path) }
            try synchronize(descriptor, path)
        } catch {
            _ = unlink(path)
            throw error
        }
        try synchronizeDirectory(of: path)
    }

    /// All that can be read, at most as much as a key file may have.
    static func contents(of descriptor: Int32, _ name: String) throws -> KeyFileText {
        var filled = 0
        let text = try SecureBytes(
            count: KeyringText.maximumLength + 1,
            reading: { buffer in
                guard let count = DescriptorBytes.read(into: buffer, from: descriptor) else {
                    throw KeyFileError.system("read", name, errno)
                }
                filled = count
            }
        )
        guard filled <= KeyringText.maximumLength else {
            throw KeyFileError(.contents, "\(name) has too many bytes for a key: name the file that has the key")
        }
        return KeyFileText(text, count: filled)
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws(KeyFileError) {
        guard DescriptorBytes.write(bytes, to: descriptor) else { throw KeyFileError.system("write", path, errno) }
    }

    static func synchronize(_ descriptor: Int32, _ path: String) throws(KeyFileError) {
        guard fsync(descriptor) == 0 else { throw KeyFileError.system("bring to the disk", path, errno) }
    }

    /// What a directory says about its files is on the disk once the directory is.
    static func synchronizeDirectory(of path: String) throws(KeyFileError) {
        let parent = directory(of: path)
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileError.system("open", parent, errno) }
        defer { _ = close(descriptor) }
        try synchronize(descriptor, parent)
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
