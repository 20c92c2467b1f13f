// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether the daemon can use its configuration, and who can change it.
struct ConfigurationFileCheck: AuditCheck {
    static let codes = ["configuration-invalid", "configuration-writable"]
    private static let subject = "Cloakroom, configuration"

    func findings(on host: AuditedHost) -> [Finding] { invalid(host) + writable(host) }

    private func invalid(_ host: AuditedHost) -> [Finding] {
        let file = host.cloakroom.configurationFile
        let lines = host.cloakroom.configurationProblem?.message.split(separator: "\n") ?? []
        return lines.map { line in
            // "FILE:LINE: what is wrong", as ConfigurationError has it.
            let rest = line.hasPrefix(file + ":") ? line.dropFirst(file.count + 1) : line
            let parts = rest.split(separator: ":", maxSplits: 1)
            let number = parts.count == 2 ? Int(parts[0]) : nil
            return host.finding(
                "configuration-invalid",
                .medium,
                Self.subject,
                FileLocation(file, line: number),
                "the daemon does not start with this: \((number == nil ? String(rest) : String(parts[1])).trimmed)",
                "correct it until \"cloakroomd --check\" is content"
            )
        }
    }

    private func writable(_ host: AuditedHost) -> [Finding] {
        let file = host.cloakroom.configurationFile
        guard let (path, status) = host.tree.target(of: file) else { return [] }
        let owner = host.accounts.name(ofUser: status.user)
        // Not the daemon's user either: a key command would then run as whoever takes over the daemon likes.
        let who = status.user == 0 ? host.others(2, status) : owner
        let directory = host.replaceableBelow(path)
        guard let who = who ?? directory?.who else { return [] }
        return [
            host.finding(
                "configuration-writable",
                .high,
                Self.subject,
                FileLocation(path),
                "\(who) can change or replace the configuration (owner \(owner), mode \(status.modeText)\(directory.map { ", in \($0.directory) of mode \($0.status.modeText)" } ?? "")): it says which key "
                    + "is used, which program gives it, and who may connect",
                "chown root:root \(path) && chmod 644 \(path)"
                    + (directory.map { " && chown root:root \($0.directory) && chmod go-w \($0.directory)" } ?? "")
            )
        ]
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
