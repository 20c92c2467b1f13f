// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether keys are where others get at them, or where sessions go too.
struct KeyFilePlaceCheck: AuditCheck {
    static let codes = ["key-missing", "key-in-web-root", "key-on-shared-storage", "key-beside-sessions"]
    private static let subject = "Cloakroom, master key"

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom else { return [] }
        return host.cloakroom.keyFiles.flatMap { file -> [Finding] in
            guard let path = host.tree.target(of: file.path)?.path else {
                return host.tree.obstacle(at: file.path) == nil ? [missing(file)] : []
            }
            guard file.way != .encryptedCredential else { return [] }
            return [webRoot(path, host), shared(path, host), beside(path, host)].compactMap(\.self)
        }
    }

    private func missing(_ file: KeyFileUse) -> Finding {
        Finding(
            code: "key-missing",
            severity: .medium,
            subject: Self.subject,
            location: file.location,
            reason: "the key file \(file.path) is not there: the daemon does not start, and PHP has no sessions",
            remedy: "put the key back, or for a new installation: cloakroomctl keys generate --output \(file.path)"
        )
    }

    private func webRoot(_ path: String, _ host: AuditedHost) -> Finding? {
        host.web.root(of: path).map {
            host.finding(
                "key-in-web-root",
                .high,
                Self.subject,
                FileLocation(path),
                "the key file is in \($0), whose files a web server hands out",
                "move it to /etc/cloakroom, then replace the key: cloakroomctl keys add, keys rotate, keys retire"
            )
        }
    }

    private func shared(_ path: String, _ host: AuditedHost) -> Finding? {
        guard let mount = host.mounts.mount(of: path), mount.isShared else { return nil }
        return host.finding(
            "key-on-shared-storage",
            .medium,
            Self.subject,
            FileLocation(path),
            "the key file is on \(mount.kind) (\(mount.path)): root of every machine that mounts it can read the key, and "
                + "often whoever listens on the network",
            "move it to a disk of this host"
        )
    }

    private func beside(_ path: String, _ host: AuditedHost) -> Finding? {
        let places = [host.cloakroom.configuration.store.directory, "/var/backups"]
        guard let place = places.first(where: { path.hasPrefix($0 + "/") }) else { return nil }
        return host.finding(
            "key-beside-sessions",
            .medium,
            Self.subject,
            FileLocation(path),
            "the key file is in \(place), with what it opens: one stolen copy of that directory has both",
            "move it to /etc/cloakroom, and back it up apart from the sessions"
        )
    }
}
