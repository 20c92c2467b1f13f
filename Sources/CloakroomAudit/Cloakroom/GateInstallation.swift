// SPDX-License-Identifier: Apache-2.0

/// The gate in front of PHP, `cloakroom-fcgi`, as it is set up on a host.
struct GateInstallation: Sendable {
    static let service = "cloakroom-fcgi.service"
    private static let sockets = ["cloakroom-fcgi.socket", "cloakroom-fcgi-tcp.socket"]

    /// The gate's unit.
    let unit: UnitFile?
    /// The unit of the daemon's socket for the gate.
    let daemonSocket: UnitFile?
    /// Where systemd listens for web servers, as far as it is switched on.
    let listeners: [UnitFile.Entry]

    /// Looks at a host's files.
    init(in tree: HostTree) {
        unit = UnitFile(Self.service, in: tree)
        daemonSocket = UnitFile("cloakroomd-gate.socket", in: tree)
        listeners = Self.sockets.filter { Self.isEnabled($0, in: tree) }.compactMap { UnitFile($0, in: tree) }.flatMap {
            $0.list("ListenStream", in: "Socket")
        }
    }

    /// The user that the gate runs as.
    var user: String { unit?.last("User")?.value ?? (unit == nil ? "cloakroom-gate" : "root") }

    /// The paths of its sockets for web servers.
    var socketPaths: [String] { listeners.map(\.value).filter { $0.hasPrefix("/") } }

    private static func isEnabled(_ unit: String, in tree: HostTree) -> Bool {
        tree.status(of: "/etc/systemd/system/sockets.target.wants/\(unit)") != nil
    }
}
