// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

extension Configuration {
    /// The file that is read when no other is named, if it exists.
    public static let defaultFile = "/etc/cloakroom/cloakroom.toml"

    /// The most that a configuration file may have, in bytes.
    private static let maxFileSize = 1_048_576

    /// Reads a configuration file and puts the values of the command line over it.
    ///
    /// - Parameter file: the file of `--config`; nil: ``defaultFile`` if it exists, else the defaults.
    /// - Throws: ``ConfigurationError`` with all that is wrong.
    public static func load(file: String?, overrides: Overrides = Overrides()) throws(ConfigurationError)
        -> Configuration
    {
        try ConfigurationFile(file).configuration.applying(overrides)
    }

    /// Reads the text of a configuration file.
    ///
    /// - Parameter file: its name, for messages.
    /// - Throws: ``ConfigurationError`` with all that is wrong.
    public static func load(text: String, file: String) throws(ConfigurationError) -> Configuration {
        var parser = ConfigurationParser(file: file)
        return try parser.parse(text)
    }

    /// The text of a file; `nil`: there is none, and need not be.
    static func read(_ path: String, mayBeMissing: Bool) throws(ConfigurationError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT, mayBeMissing { return nil }
            throw ConfigurationError(
                .file,
                "the configuration file \(path) cannot be opened: \(SystemMessage.text(errno))"
            )
        }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ConfigurationError(
                    .file,
                    "the configuration file \(path) cannot be read: \(SystemMessage.text(errno))"
                )
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
            guard bytes.count <= maxFileSize else {
                throw ConfigurationError(.file, "the configuration file \(path) is larger than \(maxFileSize) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(.syntax, "\(path): not valid UTF-8, as TOML has to be")
        }
        return text
    }
}
