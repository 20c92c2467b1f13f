// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

@Suite struct UnitFileTests {
    private func entries(_ text: String) -> [String] {
        UnitFile.entries(of: text, file: "/u").map { "\($0.section)/\($0.name)=\($0.value)@\($0.location.line ?? 0)" }
    }

    @Test func linesAreReadAsSystemdReadsThem() {
        #expect(
            entries("[Unit]\n A = b c \n\n# C=d\n; E=f\nG=\n[Service]\r\nH=i=j\r\n") == [
                "Unit/A=b c@2", "Unit/G=@6", "Service/H=i=j@8",
            ]
        )
        // A comment between the parts of a line does not end it.
        #expect(entries("[S]\nA=b \\\n# no\n  c\nD=e\\") == ["S/A=b  c@2"])
        #expect(entries("A=b\nnonsense\n[") == ["/A=b@1"])
    }

    @Test func dropInsComeAfterTheUnitInTheOrderOfTheirNames() throws {
        let tree = try CloakroomTree()
        try tree.file("/usr/lib/systemd/system/x.service", "[Service]\nA=1\nL=1\nL=2\n")
        try tree.file("/etc/systemd/system/x.service.d/20.conf", "[Service]\nA=3\nL=\nL=4\n")
        try tree.file("/run/systemd/system/x.service.d/10.conf", "[Service]\nA=2\nL=3\n")
        // Of the same name as one in /etc, which wins.
        try tree.file("/run/systemd/system/x.service.d/20.conf", "[Service]\nA=9\n")
        try tree.file("/run/systemd/system/x.service.d/30.txt", "[Service]\nA=9\n")
        try tree.file("/etc/systemd/system/service.d/all.conf", "[Service]\nB=1\nA=0\n")
        let unit = try #require(UnitFile("x.service", in: tree.host.tree))
        #expect(unit.last("A")?.value == "3")
        #expect(unit.last("A")?.location == FileLocation("/etc/systemd/system/x.service.d/20.conf", line: 2))
        #expect(unit.list("L").map(\.value) == ["4"])
        #expect(unit.last("B")?.value == "1")
    }

    @Test func aMaskedUnitIsNone() throws {
        let tree = try CloakroomTree()
        try tree.link("/etc/systemd/system/cloakroomd.service", to: "/dev/null")
        #expect(UnitFile("cloakroomd.service", in: tree.host.tree) == nil)
    }

    /// What the shipped unit says for its sandbox is what the audit asks for, all of it.
    @Test func theShippedSandboxIsKnown() throws {
        let other: Set<String> = [
            "Type", "NotifyAccess", "ExecStart", "ExecReload", "User", "Group", "LoadCredential", "StateDirectory",
            "WatchdogSec",
            "TimeoutStopSec", "Restart", "RestartSec", "LimitMEMLOCK", "LimitNOFILE", "Environment",
            "SystemCallErrorNumber", "ExecPaths",
            // Does nothing where there is no AppArmor.
            "AppArmorProfile",
        ]
        let text = try CloakroomTree.shipped("conf/systemd/cloakroomd.service")
        let said = Set(UnitFile.entries(of: text, file: "").filter { $0.section == "Service" }.map(\.name))
        #expect(said.subtracting(other) == Set(UnitHardening.all.map(\.directive)))
    }

    /// Each of them is missed when a drop-in takes it away.
    @Test(arguments: UnitHardening.all.map(\.directive))
    func aLineThatIsTakenAwayIsMissed(_ directive: String) throws {
        let tree = try CloakroomTree()
        let isList = ["CapabilityBoundingSet", "AmbientCapabilities"].contains(directive)
        try tree.dropIn("\(directive)=\(isList ? "CAP_SYS_ADMIN" : "")")
        let host = tree.host
        let found = AuditChecks.host.flatMap { $0.findings(on: host) }
        #expect(found.map(\.code) == ["unit-weakened"])
        #expect(found.first?.reason.hasPrefix("\(directive)=") == true)
        #expect(found.first?.location?.path == "/etc/systemd/system/cloakroomd.service.d/override.conf")
    }

    @Test func theExposureIsTheNumberOfTheLastLine() {
        #expect(
            Observer.exposure(in: "✓ PrivateTmp=\n\n→ Overall exposure level for cloakroomd.service: 0.4 SAFE 😀\n")
                == 0.4
        )
        #expect(Observer.exposure(in: "Unit cloakroomd.service not found.\n") == nil)
    }
}
