// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Cloakroom as it is set up on a host.
public struct CloakroomInstallation: Sendable {
    static let service = "cloakroomd.service"

    /// The configuration file that is read.
    let configurationFile: String
    /// What is in it; the defaults when it is missing or cannot be used.
    let configuration: Configuration
    /// What is wrong with it.
    let configurationProblem: ConfigurationError?
    /// The daemon's unit.
    let unit: UnitFile?
    /// The unit of the socket for PHP.
    let phpSocket: UnitFile?
    /// The unit of the socket for administrators.
    let adminSocket: UnitFile?
    /// The gate in front of PHP.
    let gate: GateInstallation
    /// Whether somebody has begun to set it up: there are keys or sessions, or systemd is to start it. Its files alone, as a package
    /// brings them, are not enough.
    let isInUse: Bool

    /// Looks at a host's files.
    ///
    /// - Parameter file: the configuration file; `nil`: that of the unit, or the one that is read by default.
    public init(in tree: HostTree, configurationFile file: String? = nil) {
        unit = UnitFile(Self.service, in: tree)
        phpSocket = UnitFile("cloakroomd.socket", in: tree)
        adminSocket = UnitFile("cloakroomd-admin.socket", in: tree)
        gate = GateInstallation(in: tree)
        configurationFile = file ?? Self.configurationFile(of: unit) ?? Configuration.defaultFile
        let text = tree.text(of: configurationFile)
        (configuration, configurationProblem) = Self.configuration(text, configurationFile)
        isInUse =
            configuration.key.files.contains { tree.status(of: $0) != nil }
            || tree.status(of: configuration.store.directory) != nil || Self.isEnabled(in: tree)
    }

    /// The user that the daemon runs as.
    var user: String { unit?.last("User")?.value ?? (unit == nil ? "cloakroom" : "root") }

    /// The daemon's configuration, and those of the pools that have keys of their own.
    var configurationsWithKeys: [Configuration] {
        [configuration] + configuration.pools.filter(\.hasOwnKeys).map(\.configuration)
    }

    /// The path of the socket for PHP: systemd's, else the daemon's own.
    var phpSocketPath: String {
        phpSocket?.list("ListenStream", in: "Socket").first?.value ?? configuration.server.socket
    }

    /// The path of the socket for administrators.
    var adminSocketPath: String {
        adminSocket?.list("ListenStream", in: "Socket").first?.value ?? configuration.server.adminSocketPath
    }

    /// The path of the socket for the gate: systemd's, else the daemon's own.
    var gateSocketPath: String {
        gate.daemonSocket?.list("ListenStream", in: "Socket").first?.value ?? configuration.server.gateSocketPath
    }

    /// The group whose members may use the socket for administrators.
    var adminGroup: String { group(configuration.server.adminGroup, adminSocket) ?? "cloakroom-admin" }

    /// The group whose members may use the socket for the gate.
    var gateGroup: String { group(configuration.server.gateGroup, gate.daemonSocket) ?? "cloakroom-gate" }

    /// The group whose members can connect to the socket for PHP.
    var phpGroup: String { group(configuration.server.socketGroup, phpSocket) ?? "www-data" }

    /// What is configured, else what systemd gives the socket.
    private func group(_ configured: String, _ socket: UnitFile?) -> String? {
        configured.isEmpty ? socket?.last("SocketGroup", in: "Socket")?.value : configured
    }

    /// Whether a target of systemd wants one of its units (`systemctl enable`).
    private static func isEnabled(in tree: HostTree) -> Bool {
        let directory = "/etc/systemd/system"
        return (tree.names(in: directory) ?? []).filter { $0.hasSuffix(".wants") || $0.hasSuffix(".requires") }.contains
        {
            (tree.names(in: "\(directory)/\($0)") ?? []).contains { $0.hasPrefix("cloakroomd") }
        }
    }

    private static func configuration(_ text: String?, _ file: String) -> (Configuration, ConfigurationError?) {
        guard let text else { return (Configuration(), nil) }
        do { return (try Configuration.load(text: text, file: file), nil) } catch { return (Configuration(), error) }
    }

    private static func configurationFile(of unit: UnitFile?) -> String? {
        let words = unit?.list("ExecStart").last?.value.split(separator: " ").map(String.init) ?? []
        guard let option = words.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }) else {
            return nil
        }
        let inOption = words[option].split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init)
        return inOption ?? words.dropFirst(option + 1).first
    }
}
