// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether the daemon gets its keys in a way that keeps them from others.
struct KeySourceCheck: AuditCheck {
    static let codes = ["key-not-credential", "key-in-unit"]

    func findings(on host: AuditedHost) -> [Finding] {
        guard let unit = host.cloakroom.unit, host.usesCloakroom else { return [] }
        let files = host.cloakroom.keyFiles.filter { $0.way == .file && host.tree.status(of: $0.path) != nil }
        return files.map { notCredential($0, host) } + inUnit(unit, host)
    }

    private func notCredential(_ file: KeyFileUse, _ host: AuditedHost) -> Finding {
        host.finding(
            "key-not-credential",
            .low,
            "Cloakroom, master key",
            file.location,
            "the daemon reads \(file.path) itself, so the file has to belong to its user, and whatever runs as that user can read "
                + "the key also while the daemon does not run",
            "LoadCredential=\(host.cloakroom.configuration.key.credentials.first ?? Configuration.Key.defaultCredential):\(file.path) "
                + "in \(CloakroomInstallation.service), the file owned by root, and no key.file in \(host.cloakroom.configurationFile)"
        )
    }

    private func inUnit(_ unit: UnitFile, _ host: AuditedHost) -> [Finding] {
        let variables = host.cloakroom.configurationsWithKeys.flatMap {
            $0.key.environment + $0.previousKey.environment
        }
        let assignments = variables.flatMap { [$0 + "=", "\"" + $0 + "="] }
        let environment = unit.list("Environment").filter { entry in
            entry.value.split(separator: " ").contains { word in assignments.contains { word.hasPrefix($0) } }
        }
        return (environment + unit.list("SetCredential").filter { !$0.value.isEmpty }).map { entry in
            host.finding(
                "key-in-unit",
                .high,
                "Cloakroom, master key",
                entry.location,
                "\(entry.name)= of a unit is shown to every user of the host (systemctl show), and unit files are readable",
                "LoadCredential=\(Configuration.Key.defaultCredential):/etc/cloakroom/key, and a new key: cloakroomctl keys add, "
                    + "keys rotate, keys retire"
            )
        }
    }
}
