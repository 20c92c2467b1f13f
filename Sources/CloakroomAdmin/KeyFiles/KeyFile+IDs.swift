// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto
import Glibc

extension KeyFile {
    /// The ids of the keys that a file has, in the order of its lines.
    ///
    /// - Throws: ``KeyFileError`` when it cannot be read, or `CryptoError` when the secure heap is full.
    public static func ids(in path: String) throws -> [KeyID] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw KeyFileError.system("open", path, errno) }
        defer { _ = close(descriptor) }
        return try contents(of: descriptor, path).ids()
    }
}
