// SPDX-License-Identifier: Apache-2.0

extension FileStatus {
    /// The mode as chmod(1) has it.
    var modeText: String { "0" + String(mode, radix: 8) }
    /// Whether the group or everybody may do any of this.
    func allowsOthers(_ bits: UInt32) -> Bool { mode & bits != 0 }
}

extension AuditedHost {
    /// Who besides the owner may do something, in words; `nil`: nobody.
    ///
    /// - Parameter permission: 4 to read, 2 to write.
    func others(_ permission: UInt32, _ status: FileStatus) -> String? {
        if status.mode & permission != 0 { return "every user of this host" }
        guard status.mode & permission << 3 != 0, status.group != 0 else { return nil }
        return "the group \(accounts.name(ofGroup: status.group))"
    }

    /// The nearest directory above a path in which somebody else than those who are trusted can put another file in its place.
    func replaceableBelow(_ path: String) -> (directory: String, status: FileStatus, who: String)? {
        var directory = path[...]
        while let slash = directory.lastIndex(of: "/") {
            directory = directory[..<slash]
            let name = directory.isEmpty ? "/" : String(directory)
            guard let status = tree.target(of: name)?.status else { continue }
            if !trusted.contains(status.user) { return (name, status, accounts.name(ofUser: status.user)) }
            // With the sticky bit, only the owner of a file can replace it (unlink(2)).
            if status.mode & 0o1000 == 0, let who = others(2, status) { return (name, status, who) }
        }
        return nil
    }

    /// Makes a finding about Cloakroom.
    func finding(
        _ code: String,
        _ severity: Severity,
        _ subject: String,
        _ location: FileLocation?,
        _ reason: String,
        _ remedy: String
    ) -> Finding {
        Finding(code: code, severity: severity, subject: subject, location: location, reason: reason, remedy: remedy)
    }
}
