// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCrypto
import CloakroomBackup
import CloakroomConfiguration
import CloakroomCore

/// Which keys a backup needs, and whether the configured key files have them, as far as this user may read those.
struct BackupKeys {
    struct Key: Encodable {
        let pool: String
        let id: String
        /// The file that has it.
        let file: String?
        /// Whether nothing that is configured has it; `nil`: not everything could be read.
        let isMissing: Bool?
    }

    let keys: [Key]

    /// - Parameter pool: one pool only; `nil`: all.
    init(_ manifest: BackupManifest, pool: String?, _ configuration: Configuration) throws {
        try ControlHeap.prepare()
        var keys: [Key] = []
        for stored in manifest.pools where pool == nil || stored.name.text == pool {
            let own = configuration.pools.first { $0.name == stored.name && $0.hasOwnKeys }?.configuration
            let sources = KeySources(own ?? configuration)
            for id in stored.keys {
                let file = sources.file(of: id)
                let isMissing = file != nil ? false : sources.areComplete ? true : nil
                keys.append(Key(pool: stored.name.text, id: id, file: file, isMissing: isMissing))
            }
        }
        self.keys = keys
    }
}

/// The key files of a configuration.
private struct KeySources {
    private var files: [(path: String, ids: [String])] = []
    /// Whether there are no keys beside those in the files that were read.
    private(set) var areComplete = true

    init(_ configuration: Configuration) {
        for key in [configuration.key, configuration.previousKey] {
            // They are read by the daemon only. The credential that the service passes by default is a copy of the file.
            if !key.command.isEmpty || !key.environment.isEmpty { areComplete = false }
            if ![[], [Configuration.Key.defaultCredential]].contains(key.credentials) { areComplete = false }
            for path in key.files {
                if let ids = try? KeyFile.ids(in: path) {
                    files.append((path, ids.map(\.description)))
                } else {
                    areComplete = false
                }
            }
        }
    }

    func file(of id: String) -> String? { files.first { $0.ids.contains(id) }?.path }
}
