// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory of mode 0700 under the system's temporary directory, removed with all it holds when the object goes.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: String

    /// Makes a new, empty directory.
    ///
    /// - Throws: what the file system said.
    public init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "cloakroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        // The system's temporary directory may itself be a symbolic link.
        path = url.resolvingSymlinksInPath().path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something inside.
    public func path(of name: String) -> String { path + "/" + name }

    /// Writes a file of the given permission bits, and answers its path.
    ///
    /// - Throws: what the file system said.
    public func file(_ name: String, _ bytes: some Sequence<UInt8>, mode: Int = 0o600) throws -> String {
        let file = path(of: name)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}
