// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// A file that has keys, and how the daemon comes to it.
struct KeyFileUse: Hashable, Sendable {
    /// How the daemon gets what is in it.
    enum Way: Hashable, Sendable {
        /// It opens the file.
        case file
        /// systemd hands it a copy (`LoadCredential=`).
        case credential
        /// systemd decrypts it for it (`LoadCredentialEncrypted=`).
        case encryptedCredential
    }

    let path: String
    let way: Way
    /// Where it says so.
    let location: FileLocation
}

extension CloakroomInstallation {
    /// The files that have keys, each one once.
    var keyFiles: [KeyFileUse] {
        var seen: Set<String> = []
        // A file that the configuration names is read by the daemon, whatever systemd passes besides.
        return (files + credentials).filter { seen.insert($0.path).inserted }
    }

    /// What systemd passes. Not what it looks for in the directories of credentials, nor paths with specifiers.
    private var credentials: [KeyFileUse] {
        let ways = [("LoadCredential", KeyFileUse.Way.credential), ("LoadCredentialEncrypted", .encryptedCredential)]
        return ways.flatMap { directive, way in
            (unit?.list(directive) ?? []).compactMap { entry in
                let parts = entry.value.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[1].hasPrefix("/"), !parts[1].contains("%") else { return nil }
                return KeyFileUse(path: String(parts[1]), way: way, location: entry.location)
            }
        }
    }

    private var files: [KeyFileUse] {
        let place = FileLocation(configurationFile)
        return configurationsWithKeys.flatMap { configuration in
            let kinds = KeySourceKind.given(in: "key", configuration.key, of: configuration)
            // If nothing is said, the file is what is left when systemd passes no credential.
            let isRead = kinds == [.file] || (kinds.isEmpty && !passesDefaultCredential)
            let previous = KeySourceKind.given(in: "previous_key", configuration.previousKey, of: configuration)
            let paths =
                (isRead ? configuration.key.files : []) + (previous == [.file] ? configuration.previousKey.files : [])
            return paths.map { KeyFileUse(path: $0, way: .file, location: place) }
        }
    }

    private var passesDefaultCredential: Bool {
        ["LoadCredential", "LoadCredentialEncrypted", "SetCredential", "SetCredentialEncrypted"].contains { directive in
            (unit?.list(directive) ?? []).contains {
                $0.value.split(separator: ":").first.map(String.init) == Configuration.Key.defaultCredential
            }
        }
    }
}
