// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc

/// Takes key material out of an environment variable.
struct KeyVariable {
    let name: String

    /// The value, which is gone from the environment afterwards: overwritten where it stood, because `/proc/PID/environ`
    /// shows the memory that the process got at its start (proc(5)) and not what `unsetenv` left of it.
    ///
    /// Call it while the process has one thread: changing the environment is not safe otherwise (environ(7)).
    func take() throws -> SecureBytes {
        guard let value = getenv(name) else {
            throw KeySourceError(
                .missing,
                "the environment variable \(name), which the configuration names for a key, is not set"
            )
        }
        defer { wipe() }
        let count = strlen(value)
        guard count > 0 else {
            throw KeySourceError(
                .missing,
                "the environment variable \(name), which the configuration names for a key, is empty"
            )
        }
        guard count <= KeyFile.maxSize else {
            throw KeySourceError(.contents, "the environment variable \(name) has \(count) bytes, too many for a key")
        }
        return try SecureBytes(count: count) { $0.copyMemory(from: UnsafeRawBufferPointer(start: value, count: count)) }
    }

    private func wipe() {
        while let value = getenv(name) {
            // The whole entry, name included: the list may have a second one of that name, which getenv finds next.
            let entry = value - (name.utf8.count + 1)
            explicit_bzero(entry, name.utf8.count + 1 + strlen(value))
        }
    }
}
