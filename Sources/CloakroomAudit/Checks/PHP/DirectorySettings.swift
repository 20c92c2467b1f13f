// SPDX-License-Identifier: Apache-2.0

/// Settings of sessions for single directories and requests: `.user.ini`, `.htaccess`, and what nginx gives to FPM.
///
/// They hold besides those that the other checks look at.
public struct DirectorySettings: AuditCheck {
    static let userFile = "session-settings-in-directory"
    static let webServer = "session-settings-in-web-server"

    /// The codes of all findings that it can make.
    public static let codes = [userFile, webServer]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        guard host.runtimes.contains(where: { $0.interface != .cli }) else { return [] }
        return DocumentSearch.shared(for: host).directoryFiles.flatMap { directoryFile($0, host) }
            + host.web.requestSettings.compactMap(requestSetting)
    }

    private func directoryFile(_ path: String, _ host: AuditedHost) -> [Finding] {
        let settings = path.hasSuffix(".htaccess") ? htaccess(path, host.tree) : userINI(path, host.tree)
        return settings.sorted { $0.key < $1.key }.filter { isOfSessions($0.key) }.map { name, value in
            let isTakingBack = ["session.save_handler", "session.save_path", "auto_prepend_file"].contains(name)
            return Finding(
                code: Self.userFile,
                severity: isTakingBack ? .low : .info,
                subject: "A directory of a site",
                location: value.location,
                reason: "\(name) has a value of its own here, where whoever may write files of the site can change it."
                    + (isTakingBack ? " It decides whether sessions are kept in plain text." : ""),
                remedy: "Remove the line, and fix the setting for all: php_admin_value[\(name)] = … in the pool's file."
            )
        }
    }

    private func userINI(_ path: String, _ tree: HostTree) -> [String: EffectiveSettings.Value] {
        var reader = PHPSettingsReader(tree: tree)
        reader.read(path)
        return reader.values
    }

    private func htaccess(_ path: String, _ tree: HostTree) -> [String: EffectiveSettings.Value] {
        var values: [String: EffectiveSettings.Value] = [:]
        let lines = (tree.text(of: path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let location = FileLocation(path, line: index + 1)
            if let (name, value) = ApacheSettings.setting(line.trimmingSpaces, at: location) { values[name] = value }
        }
        return values
    }

    private func requestSetting(_ setting: WebServers.RequestSetting) -> Finding? {
        let names = setting.text.split(whereSeparator: \.isNewline).compactMap { line in
            line.split(separator: "=").first.map(\.trimmingSpaces)
        }
        guard let name = names.first(where: isOfSessions) else { return nil }
        return Finding(
            code: Self.webServer,
            severity: .low,
            subject: "nginx",
            location: setting.location,
            reason: "\(setting.parameter) sets \(name) in requests, over what the pool's file says"
                + (setting.parameter == "PHP_VALUE" ? ", unless that fixes it" : "") + ".",
            remedy: "Remove the line, and write into the pool's file: php_admin_value[\(name)] = …"
        )
    }

    private func isOfSessions(_ name: String) -> Bool { name.hasPrefix("session.") || name == "auto_prepend_file" }
}
