// SPDX-License-Identifier: Apache-2.0

/// Who can read, change or replace the files that have keys.
struct KeyFileAccessCheck: AuditCheck {
    static let codes = ["key-readable", "key-owner", "key-replaceable", "key-link", "key-hard-link"]
    private static let subject = "Cloakroom, master key"

    func findings(on host: AuditedHost) -> [Finding] {
        host.cloakroom.keyFiles.flatMap { file -> [Finding] in
            guard let (path, status) = host.tree.target(of: file.path) else { return [] }
            let link = host.tree.status(of: file.path)?.kind == .symbolicLink ? [linkFinding(file)] : []
            return link
                + [readable(file, path, status, host), owner(path, status, host), replaceable(path, host)]
                .compactMap(\.self) + hardLinks(path, status)
        }
    }

    private func readable(_ file: KeyFileUse, _ path: String, _ status: FileStatus, _ host: AuditedHost) -> Finding? {
        // What is encrypted may be seen.
        guard file.way != .encryptedCredential, let who = host.others(4, status) else { return nil }
        return host.finding(
            "key-readable",
            .high,
            Self.subject,
            FileLocation(path),
            "\(who) can read the master key (mode \(status.modeText)). Whoever has it and a copy of the store can read all that is "
                + "known of sessions but their contents, and those too with the session id. The daemon refuses such a file",
            "chmod 600 \(path), then replace the key: cloakroomctl keys add, keys rotate, keys retire"
        )
    }

    private func owner(_ path: String, _ status: FileStatus, _ host: AuditedHost) -> Finding? {
        let owner = host.accounts.name(ofUser: status.user)
        let who = host.trusted.contains(status.user) ? host.others(2, status) : owner
        guard let who else { return nil }
        return host.finding(
            "key-owner",
            .high,
            Self.subject,
            FileLocation(path),
            "\(who) can change the key file (owner \(owner), mode \(status.modeText)): with a key that is known to others, what is "
                + "sealed from then on can be opened by them; without one, all sessions are lost",
            "chown root:root \(path) && chmod 600 \(path)"
        )
    }

    private func replaceable(_ path: String, _ host: AuditedHost) -> Finding? {
        guard let (directory, status, who) = host.replaceableBelow(path) else { return nil }
        return host.finding(
            "key-replaceable",
            .high,
            Self.subject,
            FileLocation(directory),
            "\(who) can put another file in the place of the key \(path): the directory has the owner "
                + "\(host.accounts.name(ofUser: status.user)) and the mode \(status.modeText)",
            "chown root:root \(directory) && chmod go-w \(directory)"
        )
    }

    private func linkFinding(_ file: KeyFileUse) -> Finding {
        Finding(
            code: "key-link",
            severity: .low,
            subject: Self.subject,
            location: FileLocation(file.path),
            reason:
                "the key file is a symbolic link: whoever can change what it goes through chooses the key, and the daemon "
                + "refuses to read a key file by a link",
            remedy: "name the file itself, in \(file.location)"
        )
    }

    private func hardLinks(_ path: String, _ status: FileStatus) -> [Finding] {
        guard status.kind == .file, status.links > 1 else { return [] }
        return [
            Finding(
                code: "key-hard-link",
                severity: .low,
                subject: Self.subject,
                location: FileLocation(path),
                reason:
                    "the key file has \(status.links) names: a key that is removed here is still there under another one",
                remedy: "find the others (find / -xdev -samefile \(path)) and remove them"
            )
        ]
    }
}
