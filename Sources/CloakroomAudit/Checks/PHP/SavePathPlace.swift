// SPDX-License-Identifier: Apache-2.0

/// Where the directories of session files are.
public struct SavePathPlace: AuditCheck {
    static let webRoot = "save-path-in-web-root"
    static let shared = "save-path-on-network"
    static let memory = "save-path-in-memory"

    /// The codes of all findings that it can make.
    public static let codes = [webRoot, shared, memory]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter(\.usesFiles).flatMap { session in
            session.directory.map { findings(session, $0, host) } ?? []
        }
    }

    private func findings(_ session: SessionSettings, _ path: String, _ host: AuditedHost) -> [Finding] {
        let real = host.tree.target(of: path)?.path ?? path
        let place = session.settings.location(of: "session.save_path")
        let line = session.settings.line("session.save_path", "/var/lib/php/sessions")
        var findings: [Finding] = []
        if let root = host.web.root(of: real) {
            findings.append(
                session.finding(
                    Self.webRoot,
                    .critical,
                    at: place,
                    "\(path) is below \(root), which a web server shows: session files may be had by HTTP.",
                    line
                )
            )
        }
        guard let mount = host.mounts.mount(of: real) else { return findings }
        if mount.isShared {
            findings.append(
                session.finding(
                    Self.shared,
                    .high,
                    at: place,
                    "\(path) is on \(mount.kind) (\(mount.path)): other machines and the network on the way there have the "
                        + "sessions in plain text.",
                    line
                )
            )
        } else if mount.isMemory {
            findings.append(
                session.finding(
                    Self.memory,
                    .info,
                    at: place,
                    "\(path) is in memory (\(mount.kind)): sessions end when the host starts anew, and may be written to swap space.",
                    "Nothing need be done where swap space is encrypted or absent."
                )
            )
        }
        return findings
    }
}
