// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import Glibc

/// Chooses the sources of keys that a section of the configuration means.
struct KeySelection {
    /// Where systemd puts credentials; empty: it passes none.
    let credentialsDirectory: String

    /// The sources of `[key]`, which has defaults.
    func sources(of key: Configuration.Key, in configuration: Configuration) throws(KeySourceError) -> [KeySource] {
        if let kind = KeySourceKind.given(in: "key", key, of: configuration).first {
            if kind == .credential { try checkCopiedFiles(key) }
            return try sources(kind, key, section: "key")
        }
        let paths = key.credentials.map(path)
        guard !credentialsDirectory.isEmpty, !paths.isEmpty, paths.allSatisfy({ access($0, F_OK) == 0 }) else {
            return key.files.map { .file($0) }
        }
        try checkCopiedFiles(key)
        return paths.map { .credential($0) }
    }

    /// The sources of `[previous_key]`, which has none unless they are set.
    func previous(_ key: Configuration.Key) throws(KeySourceError) -> [KeySource] {
        for kind in KeySourceKind.allCases where !kind.values(of: key).isEmpty {
            return try sources(kind, key, section: "previous_key")
        }
        return []
    }

    private func sources(
        _ kind: KeySourceKind,
        _ key: Configuration.Key,
        section: String
    ) throws(KeySourceError) -> [KeySource] {
        switch kind {
        case .file: return key.files.map { .file($0) }
        case .environment: return key.environment.map { .environment($0) }
        case .command: return [.command(key.command, timeout: key.commandTimeout)]
        case .credential:
            if credentialsDirectory.isEmpty, let name = key.credentials.first {
                throw KeySourceError(
                    .missing,
                    "\(section).credential is set, but systemd passes no credentials: add LoadCredential=\(name):FILE "
                        + "to the service, or set \(section).file instead"
                )
            }
            return key.credentials.map { .credential(path($0)) }
        }
    }

    private func path(_ credential: String) -> String { "\(credentialsDirectory)/\(credential)" }

    /// As the service is shipped, a credential is a copy of the file, which must not be open to others then either.
    private func checkCopiedFiles(_ key: Configuration.Key) throws(KeySourceError) {
        for file in key.files { try KeyFile(path: file, rule: .file).checkIfPresent() }
    }
}
