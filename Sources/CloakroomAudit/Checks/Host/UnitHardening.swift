// SPDX-License-Identifier: Apache-2.0

/// A line of the sandbox of `cloakroomd.service` as it is shipped, and what is open without it (`docs/privsep.md`).
package struct UnitHardening: Sendable {
    /// What a unit must say to be as tight.
    enum Rule: Sendable {
        /// One of these values; a flag is `yes`.
        case value([String])
        /// An empty list.
        case nothing
        /// A list of nothing but these words, and of at least one.
        case only([String])
        /// A list with these words, whatever else is in it.
        case words([String])
    }

    /// The directive of systemd.exec(5) or systemd.resource-control(5).
    package let directive: String
    let rule: Rule
    let severity: Severity
    /// What follows when it is missing.
    let reason: String

    init(_ directive: String, _ rule: Rule, _ severity: Severity, _ reason: String) {
        self.directive = directive
        self.rule = rule
        self.severity = severity
        self.reason = reason
    }

    init(_ directive: String, _ rule: Rule, _ reason: String) { self.init(directive, rule, .low, reason) }

    /// The value as the unit has it.
    var value: String {
        switch rule {
        case .value(let values): values.first ?? ""
        case .nothing: ""
        case .only(let words), .words(let words): words.joined(separator: " ")
        }
    }

    /// Whether a unit is as tight.
    func holds(in unit: UnitFile) -> Bool {
        let words = unit.list(directive).flatMap { $0.value.split(separator: " ").map(String.init) }
        switch rule {
        case .value(let values): return unit.last(directive).map { values.contains(Self.normal($0.value)) } ?? false
        case .nothing: return words.isEmpty && unit.entries.contains { $0.section == "Service" && $0.name == directive }
        case .only(let known): return !words.isEmpty && words.allSatisfy(known.contains)
        case .words(let known): return known.allSatisfy(words.contains)
        }
    }

    /// systemd.syntax(7): `1`, `yes`, `true` and `on` are the same.
    private static func normal(_ value: String) -> String {
        ["1", "true", "on", "yes"].contains(value.lowercased()) ? "yes" : value
    }

    /// Every line.
    package static let all: [UnitHardening] = network + privileges + memory + files + kernel

    private static let network = [
        UnitHardening(
            "PrivateNetwork",
            .value(["yes"]),
            .medium,
            "code that runs in the daemon could send keys and sessions away"
        ),
        UnitHardening("IPAddressDeny", .words(["any"]), "packets are not stopped if the network is reached after all"),
        UnitHardening("SocketBindDeny", .words(["any"]), "the daemon could listen on the network"),
        UnitHardening(
            "RestrictAddressFamilies",
            .only(["AF_UNIX"]),
            "the daemon could make other sockets than those of this host"
        ),
    ]

    private static let privileges = [
        UnitHardening(
            "CapabilityBoundingSet",
            .nothing,
            .medium,
            "a program that the daemon runs could get rights of root"
        ),
        UnitHardening("AmbientCapabilities", .nothing, "the daemon could have rights of root"),
        UnitHardening(
            "NoNewPrivileges",
            .value(["yes"]),
            .medium,
            "the daemon could get other rights by a setuid program"
        ),
        UnitHardening("RestrictSUIDSGID", .value(["yes"]), "the daemon could make setuid programs"),
        UnitHardening("LockPersonality", .value(["yes"]), "the daemon could switch off the random layout of memory"),
        UnitHardening("KeyringMode", .value(["private"]), "the daemon sees the kernel keyring of its user"),
        UnitHardening(
            "RestrictNamespaces",
            .value(["yes"]),
            "the daemon reaches parts of the kernel that namespaces open"
        ),
        UnitHardening("RestrictRealtime", .value(["yes"]), "the daemon could take the processor from all others"),
        UnitHardening("RemoveIPC", .value(["yes"]), "shared memory of the daemon could outlive it"),
        UnitHardening("PrivateIPC", .value(["yes"]), "the daemon shares message queues and memory with others"),
    ]

    private static let memory = [
        UnitHardening(
            "LimitCORE",
            .value(["0", "0:0"]),
            .medium,
            "a crash could write sessions, and keys, into a core file"
        ),
        UnitHardening("MemoryDenyWriteExecute", .value(["yes"]), "code could be written into memory and run"),
        UnitHardening("SystemCallArchitectures", .value(["native"]), "the filter of system calls could be gone around"),
        UnitHardening(
            "SystemCallFilter",
            .words(["@system-service", "~@privileged", "@resources", "@aio", "@keyring"]),
            .medium,
            "code that runs in the daemon reaches more of the kernel"
        ),
    ]

    private static let files = [
        UnitHardening("UMask", .value(["0077", "077"]), "files of the store could be readable by others"),
        UnitHardening(
            "StateDirectoryMode",
            .value(["0700", "700"]),
            "systemd opens the state directory for others at each start"
        ),
        UnitHardening("NoExecPaths", .words(["/"]), "code that runs in the daemon could run other programs"),
        UnitHardening("ProtectSystem", .value(["strict"]), .medium, "the daemon could write to files of the system"),
        UnitHardening("ProtectHome", .value(["yes", "tmpfs"]), "the daemon could read what is in home directories"),
        UnitHardening("PrivateTmp", .value(["yes"]), "others can put files where the daemon has its temporary ones"),
        UnitHardening("PrivateDevices", .value(["yes"]), "the daemon sees the devices of this host"),
        UnitHardening("PrivateMounts", .value(["yes"]), "what the daemon mounts, others see"),
        UnitHardening("DevicePolicy", .value(["closed"]), "the daemon could open devices"),
        UnitHardening(
            "InaccessiblePaths",
            .words(["-/dev/shm", "-/dev/mqueue", "-/run/lock"]),
            "the daemon shares directories with others"
        ),
    ]

    private static let kernel = [
        UnitHardening("ProtectClock", .value(["yes"]), "the daemon could set the clock, by which sessions end"),
        UnitHardening("ProtectControlGroups", .value(["yes"]), "the daemon could change limits of services"),
        UnitHardening("ProtectHostname", .value(["yes"]), "the daemon could change the host's name"),
        UnitHardening("ProtectKernelLogs", .value(["yes"]), "the daemon could read the kernel's log"),
        UnitHardening("ProtectKernelModules", .value(["yes"]), "the daemon could load modules into the kernel"),
        UnitHardening("ProtectKernelTunables", .value(["yes"]), "the daemon could change settings of the kernel"),
        UnitHardening("ProtectProc", .value(["invisible"]), "the daemon sees processes of others"),
    ]
}
