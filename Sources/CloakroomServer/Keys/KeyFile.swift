// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Glibc

/// Reads a file that has key material, and refuses it when anybody but its owner could have read it too.
struct KeyFile {
    /// What is asked of the file's owner and permissions.
    enum Rule {
        /// Owned by root or by the user the daemon runs as, and nothing for anybody else.
        case file
        /// As systemd makes them: owned by root or the service's user. Where it uses an access control list to let the
        /// service's user read, the group bits show the list's mask (acl(5)), so "group may read" is not a fault here.
        case credential

        var forbidden: mode_t { self == .file ? 0o077 : 0o037 }
    }

    /// A larger file is something else.
    static let maxSize = KeyringText.maximumLength

    let path: String
    let rule: Rule

    func contents() throws -> SecureBytes {
        // O_NONBLOCK: opening a FIFO must not wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw refusal(openError: errno) }
        defer { _ = close(descriptor) }
        // Checked on what was opened, so that nobody can exchange the file in between.
        let size = try checkedSize(descriptor)
        return try SecureBytes(
            count: size,
            reading: { buffer in
                guard let count = DescriptorBytes.read(into: buffer, from: descriptor) else {
                    throw KeySourceError(
                        .system,
                        "the key file \(path) cannot be read: \(SystemMessage.text(errno))"
                    )
                }
                guard count == size else {
                    throw KeySourceError(.contents, "the key file \(path) changed while it was read: try again")
                }
            }
        )
    }

    private func checkedSize(_ descriptor: Int32) throws(KeySourceError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw KeySourceError(.system, "the key file \(path) cannot be examined: \(SystemMessage.text(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeySourceError(
                .contents,
                "the key file \(path) is not a regular file: name the file that has the key"
            )
        }
        try check(status)
        guard status.st_size > 0 else {
            throw KeySourceError(.contents, "the key file \(path) is empty: \(howToMakeOne)")
        }
        guard status.st_size <= Self.maxSize else {
            throw KeySourceError(
                .contents,
                "the key file \(path) has \(status.st_size) bytes, too many for a key: name the file that has the key"
            )
        }
        return Int(status.st_size)
    }

    /// Refuses the file, if it is there, for its owner and permissions alone. It need not be readable.
    func checkIfPresent() throws(KeySourceError) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        try check(status)
    }

    private func check(_ status: stat) throws(KeySourceError) {
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw KeySourceError(
                .permissions,
                "the key file \(path) belongs to user id \(status.st_uid), who could change it: chown \(geteuid()) \(path)"
            )
        }
        guard status.st_mode & rule.forbidden == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw KeySourceError(
                .permissions,
                "the key file \(path) has mode 0\(mode), so others than its owner can get at the key: chmod 600 \(path)"
            )
        }
    }

    private func refusal(openError: Int32) -> KeySourceError {
        switch openError {
        case ENOENT, ENOTDIR:
            KeySourceError(.missing, "the key file \(path) is missing: \(howToMakeOne)")
        case ELOOP:
            KeySourceError(.contents, "the key file \(path) is a symbolic link: name the file itself")
        case EACCES, EPERM:
            KeySourceError(
                .permissions,
                "user id \(geteuid()) cannot open the key file \(path): make it the owner (chown \(geteuid()) \(path)), "
                    + "or start the daemon as the owner"
            )
        default:
            KeySourceError(.system, "the key file \(path) cannot be opened: \(SystemMessage.text(openError))")
        }
    }

    private var howToMakeOne: String {
        switch rule {
        case .file: "make one with: umask 077; openssl rand -base64 32 > \(path)"
        case .credential: "check LoadCredential= of the service, and the file that it names"
        }
    }
}
