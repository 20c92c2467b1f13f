// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto

import Glibc

/// Where the master key comes from. ``contents()`` reads it straight into the secure heap.
public enum KeySource: Equatable, Sendable {
    /// A file, by its path.
    case file(String)
    /// A credential of systemd, by the path of its file (systemd.exec(5), "CREDENTIALS").
    case credential(String)
    /// An environment variable, by its name.
    case environment(String)

    /// The source that a configuration means. The first that applies: a source set in the configuration file or on the
    /// command line; the credential, when systemd passes one of that name; the default file.
    ///
    /// - Parameter credentialsDirectory: the value of `$CREDENTIALS_DIRECTORY`.
    /// - Throws: ``KeySourceError`` when a credential is asked for and there are none, or when others can get at the default
    ///   file, which the credential is a copy of as we ship the service.
    public static func select(
        _ configuration: Configuration,
        credentialsDirectory: String? = ProcessEnvironment.value(of: "CREDENTIALS_DIRECTORY")
    ) throws(KeySourceError) -> KeySource {
        let key = configuration.key
        let directory = credentialsDirectory ?? ""
        if configuration.explicit.contains("key.file") { return .file(key.file) }
        if configuration.explicit.contains("key.environment"), !key.environment.isEmpty {
            return .environment(key.environment)
        }
        let path = "\(directory)/\(key.credential)"
        if configuration.explicit.contains("key.credential"), !key.credential.isEmpty {
            guard !directory.isEmpty else {
                throw KeySourceError(
                    .missing,
                    "key.credential is set, but systemd passes no credentials: add LoadCredential=\(key.credential):FILE "
                        + "to the service, or set key.file instead"
                )
            }
            try KeyFile(path: key.file, rule: .file).checkIfPresent()
            return .credential(path)
        }
        guard !directory.isEmpty, !key.credential.isEmpty, access(path, F_OK) == 0 else { return .file(key.file) }
        try KeyFile(path: key.file, rule: .file).checkIfPresent()
        return .credential(path)
    }

    /// The raw contents, in the secure heap, which has to be prepared. A variable is overwritten and removed from the
    /// environment, so it can be read once.
    ///
    /// - Throws: ``KeySourceError`` for a source that is refused, `CryptoError` when the secure heap is full.
    public func contents() throws -> SecureBytes {
        switch self {
        case .file(let path): try KeyFile(path: path, rule: .file).contents()
        case .credential(let path): try KeyFile(path: path, rule: .credential).contents()
        case .environment(let name): try KeyVariable(name: name).take()
        }
    }
}

extension KeySource: CustomStringConvertible {
    /// The source as an operator knows it, such as `file /etc/cloakroom/key`.
    public var description: String {
        switch self {
        case .file(let path): "file \(path)"
        case .credential(let path): "credential \(path)"
        case .environment(let name): "environment variable \(name)"
        }
    }
}
