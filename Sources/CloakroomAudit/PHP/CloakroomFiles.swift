// SPDX-License-Identifier: Apache-2.0

/// Where Cloakroom is installed.
enum CloakroomFiles {
    static let prepend = "/usr/share/php/Cloakroom/prepend.php"
    static let configuration = "/etc/cloakroom/cloakroom.toml"

    /// Whether it is on the host, used or not.
    static func areThere(on host: AuditedHost) -> Bool {
        [prepend, configuration].contains { host.tree.target(of: $0) != nil }
    }
}
