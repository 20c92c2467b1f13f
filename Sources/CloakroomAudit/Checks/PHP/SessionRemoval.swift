// SPDX-License-Identifier: Apache-2.0

/// Whether something removes old session files.
public struct SessionRemoval: AuditCheck {
    static let never = "sessions-never-removed"
    /// The codes of all findings that it can make.
    public static let codes = [never]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let cleaned = hasCleaner(host) ? cleanedDirectories(host) : []
        return SessionSettings.all(on: host).filter(\.usesFiles).compactMap { session in
            // With levels of directories, PHP itself removes nothing (PHP manual, session.save_path).
            let cleansItself = session.number("session.gc_probability") > 0 && session.savePath.depth == 0
            let directory = session.savePath.directory
            guard !cleansItself, !cleaned.contains(directory) || session.runtime.pool?.chroot.isEmpty == false else {
                return nil
            }
            let isByDepth = session.savePath.depth > 0
            return session.finding(
                Self.never,
                .medium,
                at: session.settings.location(of: isByDepth ? "session.save_path" : "session.gc_probability"),
                "Nothing removes old session files from \(directory): \(reason(session, host)). The files handler takes an old "
                    + "session as well as a new one, so a stolen id works for ever.",
                isByDepth
                    ? "Remove them by a timer: find \(directory) -name 'sess_*' -type f -mmin +24 -delete"
                    : session.settings.line("session.gc_probability", "1")
            )
        }
    }

    private func reason(_ session: SessionSettings, _ host: AuditedHost) -> String {
        if session.savePath.depth > 0 { return "PHP does not where there are levels of directories" }
        if !hasCleaner(host) { return "session.gc_probability is 0, and no timer does it (phpsessionclean)" }
        return "session.gc_probability is 0, and Debian's phpsessionclean reads only php.ini, not the files of pools"
    }

    /// Debian's timer or cron job.
    private func hasCleaner(_ host: AuditedHost) -> Bool {
        let triggers = [
            "/etc/systemd/system/timers.target.wants/phpsessionclean.timer",
            "/usr/lib/systemd/system/timers.target.wants/phpsessionclean.timer", "/etc/cron.d/php",
        ]
        return host.tree.target(of: "/usr/lib/php/sessionclean") != nil
            && triggers.contains { host.tree.status(of: $0) != nil }
    }

    /// What phpsessionclean reads: the php.ini of each interface.
    private func cleanedDirectories(_ host: AuditedHost) -> Set<String> {
        Set(
            host.runtimes.filter(\.isDebian).compactMap { runtime in
                guard let value = runtime.settings["session.save_path"] else { return "/var/lib/php/sessions" }
                return value.location.path.hasSuffix(".ini") ? PHPSavePath(value.text).directory : nil
            }
        )
    }
}
