// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomStore
import Glibc

/// The directory that holds the store, and the rules for it: a real directory of our own user that nobody else can enter.
public struct StateDirectory {
    /// Where it is.
    public let path: String

    /// Makes the directory, mode 0700, if it is missing, and checks it.
    ///
    /// - Throws: ``StoreError/Code/directory`` when it cannot be made or others could read it.
    public init(preparing path: String) throws(StoreError) {
        let path = Self.withoutTrailingSlashes(path)
        self.path = path
        if mkdir(path, 0o700) == 0 {
            try synchronizeParent()
        } else if errno != EEXIST {
            throw Self.notCreated(path, errno)
        }
        try check()
    }

    /// With a slash at its end, a path would lead through a symbolic link, which ``check()`` is to see.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    private static func notCreated(_ path: String, _ code: Int32) -> StoreError {
        let remedy =
            code == ENOENT
            ? "create its parent directory first" : "create it with mode 0700, owned by the user who runs cloakroomd"
        return StoreError(
            .directory,
            "cannot create the state directory \(path): \(SystemMessage.text(code)); \(remedy)"
        )
    }

    private func check() throws(StoreError) {
        var status = stat()
        // lstat, so that a symbolic link, whose target somebody else may choose, is seen as what it is.
        guard lstat(path, &status) == 0 else {
            throw StoreError(.directory, "cannot examine the state directory \(path): \(SystemMessage.text(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(
                .directory,
                "the state directory \(path) is not a directory (symbolic links are refused too); name a real directory"
            )
        }
        guard status.st_uid == geteuid() else {
            throw StoreError(
                .directory,
                "the state directory \(path) belongs to user \(status.st_uid), but this process runs as user "
                    + "\(geteuid()); run: chown \(geteuid()) \(path)"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            throw StoreError(
                .directory,
                "the state directory \(path) is open to other users (mode 0\(String(status.st_mode & 0o777, radix: 8)));"
                    + " run: chmod 700 \(path)"
            )
        }
    }

    /// Brings the new directory's name to disk: what is synced inside it later would be lost without it.
    private func synchronizeParent() throws(StoreError) {
        let descriptor = open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(
                .directory,
                "cannot open the parent of the state directory \(path): \(SystemMessage.text(errno))"
            )
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError(
                .inputOutput,
                "cannot sync the parent of the state directory \(path): \(SystemMessage.text(errno))"
            )
        }
    }

}
