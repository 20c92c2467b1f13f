// SPDX-License-Identifier: Apache-2.0

/// Whether the daemon's unit is as tight as it is shipped, and what systemd thinks of it.
struct UnitSandboxCheck: AuditCheck {
    static let codes = ["unit-user-root", "unit-weakened", "unit-exposure"]
    private static let subject = "Cloakroom, \(CloakroomInstallation.service)"
    /// Of 10. Shipped: 0.4; a key command that needs the network brings it to some 1.5.
    private static let low = 2.0
    /// From here on systemd itself says MEDIUM.
    private static let medium = 5.0

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom, let unit = host.cloakroom.unit else { return [] }
        return [root(unit, host)].compactMap(\.self) + weakened(unit, host) + exposure(host)
    }

    private func root(_ unit: UnitFile, _ host: AuditedHost) -> Finding? {
        guard ["", "0", "root"].contains(unit.last("User")?.value ?? ""), unit.last("DynamicUser") == nil else {
            return nil
        }
        return host.finding(
            "unit-user-root",
            .high,
            Self.subject,
            unit.location(of: "User"),
            "the daemon runs as root: a fault in it opens the whole host",
            "User=cloakroom"
        )
    }

    private func weakened(_ unit: UnitFile, _ host: AuditedHost) -> [Finding] {
        UnitHardening.all.filter { !$0.holds(in: unit) }.map { line in
            host.finding(
                "unit-weakened",
                line.severity,
                Self.subject,
                unit.location(of: line.directive),
                "\(line.directive)= is not as shipped: \(line.reason)",
                "\(line.directive)=\(line.value)"
            )
        }
    }

    private func exposure(_ host: AuditedHost) -> [Finding] {
        guard let exposure = host.observed.exposure, exposure > Self.low else { return [] }
        return [
            host.finding(
                "unit-exposure",
                exposure >= Self.medium ? .medium : .low,
                Self.subject,
                nil,
                "systemd rates the exposure of the unit at \(exposure) of 10; as shipped it is 0.4",
                "systemd-analyze security \(CloakroomInstallation.service) lists why; systemd-delta shows what was changed"
            )
        ]
    }
}
