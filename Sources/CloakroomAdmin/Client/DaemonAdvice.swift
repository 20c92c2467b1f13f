// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What whoever does not reach the daemon can do next, as far as this system shows it.
struct DaemonAdvice {
    /// Whether the system was booted with systemd (sd_booted(3)).
    private let hasSystemd: Bool
    /// Whether systemd has a unit of the daemon (systemd.unit(5)).
    private let hasUnit: Bool

    /// Looks at the system.
    ///
    /// - Parameter root: where the file system begins; for tests.
    init(root: String = "") {
        hasSystemd = Self.exists("\(root)/run/systemd/system")
        let directories = [
            "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        ]
        hasUnit = directories.contains { Self.exists("\(root)\($0)/cloakroomd.service") }
    }

    /// How to start it.
    var start: String {
        guard hasSystemd else { return "start the daemon (cloakroomd; this system does not run systemd)" }
        guard hasUnit else {
            return
                "start the daemon; there is no cloakroomd.service on this system, so install Cloakroom first (make install)"
        }
        return "start the daemon (systemctl start cloakroomd-admin.socket cloakroomd)"
    }

    /// Where it says why it ended.
    var log: String { hasSystemd ? "journalctl -u cloakroomd" : "on its standard error" }

    /// Where to see how it is.
    var status: String {
        hasSystemd ? "systemctl status cloakroomd, journalctl -u cloakroomd" : "on its standard error"
    }

    /// The group whose members may use a socket: that of its file, if it can be seen, else as shipped.
    static func group(of path: String) -> String {
        var status = stat()
        // Nobody is to join root's group.
        guard stat(path, &status) == 0, status.st_gid != 0 else { return "cloakroom-admin" }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            guard let start = buffer.baseAddress,
                getgrgid_r(status.st_gid, &entry, start, buffer.count, &found) == 0, let name = found?.pointee.gr_name
            else { return "\(status.st_gid)" }
            return String(cString: name)
        }
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
