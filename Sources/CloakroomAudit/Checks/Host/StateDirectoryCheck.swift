// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Who can get at the daemon's store, and where it is.
struct StateDirectoryCheck: AuditCheck {
    static let codes = [
        "state-readable", "state-owner", "state-replaceable", "state-in-web-root", "state-on-shared-storage",
        "state-without-permissions",
    ]
    private static let subject = "Cloakroom, state directory"
    /// Files that are looked at.
    private static let mostFiles = 10_000

    func findings(on host: AuditedHost) -> [Finding] {
        let configured = host.cloakroom.configuration.store.directory
        guard let (path, status) = host.tree.target(of: configured), status.kind == .directory else { return [] }
        return [access(path, status, host), owner(path, status, host), replaceable(path, host)].compactMap(\.self)
            + place(path, host)
    }

    private func access(_ path: String, _ status: FileStatus, _ host: AuditedHost) -> Finding? {
        guard status.allowsOthers(0o077) else { return nil }
        let open = openFiles(in: path, host)
        return host.finding(
            "state-readable",
            .medium,
            Self.subject,
            FileLocation(path),
            "others than the daemon can enter the store (mode \(status.modeText)), and read \(open) of its files: they are "
                + "ciphertext, but their number, sizes and times are not, and a copy can be kept until a key leaks. The daemon refuses it",
            "chmod 700 \(path) && chmod -R go= \(path)"
        )
    }

    private func openFiles(in path: String, _ host: AuditedHost) -> Int {
        let names = (host.tree.names(in: path) ?? []).prefix(Self.mostFiles)
        return names.count { host.tree.status(of: "\(path)/\($0)")?.allowsOthers(0o044) == true }
    }

    private func owner(_ path: String, _ status: FileStatus, _ host: AuditedHost) -> Finding? {
        let expected = host.accounts.user(host.cloakroom.user)
        guard let expected, status.user != expected else { return nil }
        return host.finding(
            "state-owner",
            .medium,
            Self.subject,
            FileLocation(path),
            "the store belongs to \(host.accounts.name(ofUser: status.user)) and not to \(host.cloakroom.user), so that user can remove "
                + "sessions or bring old ones back, and the daemon may not be able to write",
            "chown -R \(host.cloakroom.user): \(path)"
        )
    }

    private func replaceable(_ path: String, _ host: AuditedHost) -> Finding? {
        guard let (directory, status, who) = host.replaceableBelow(path) else { return nil }
        return host.finding(
            "state-replaceable",
            .medium,
            Self.subject,
            FileLocation(directory),
            "\(who) can put another directory in the place of the store \(path) (owner "
                + "\(host.accounts.name(ofUser: status.user)), mode \(status.modeText)), with sessions that were ended",
            "chown root:root \(directory) && chmod go-w \(directory)"
        )
    }

    private func place(_ path: String, _ host: AuditedHost) -> [Finding] {
        let mount = host.mounts.mount(of: path)
        let inWebRoot = host.web.root(of: path).map {
            host.finding(
                "state-in-web-root",
                .high,
                Self.subject,
                FileLocation(path),
                "the store is in \($0), whose files a web server hands out",
                "move it: store.directory = \"/var/lib/cloakroom\" in \(host.cloakroom.configurationFile)"
            )
        }
        let isShared = mount.flatMap { mount in
            mount.isShared
                ? host.finding(
                    "state-on-shared-storage",
                    .medium,
                    Self.subject,
                    FileLocation(path),
                    "the store is on \(mount.kind) (\(mount.path)): root of every machine that mounts it can copy it or bring old "
                        + "sessions back, and RocksDB's locks and syncs may not hold there",
                    "move it to a disk of this host: store.directory in \(host.cloakroom.configurationFile)"
                ) : nil
        }
        let isOpen = mount.flatMap { mount in
            mount.isWithoutPermissions
                ? host.finding(
                    "state-without-permissions",
                    .medium,
                    Self.subject,
                    FileLocation(path),
                    "the store is on \(mount.kind) (\(mount.path)), which keeps no owner and no mode of files",
                    "move it to a file system such as ext4: store.directory in \(host.cloakroom.configurationFile)"
                ) : nil
        }
        return [inWebRoot, isShared, isOpen].compactMap(\.self)
    }
}
