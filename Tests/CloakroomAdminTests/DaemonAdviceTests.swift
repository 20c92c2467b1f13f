// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

@testable import CloakroomAdmin

/// What somebody is told who does not reach the daemon, by what the system has.
@Suite struct DaemonAdviceTests {
    private let root: TemporaryDirectory

    init() throws { root = try TemporaryDirectory() }

    private func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: root.path + path, withIntermediateDirectories: true)
    }

    @Test func withoutSystemdTheProgramIsNamed() throws {
        let advice = DaemonAdvice(root: root.path)
        #expect(advice.start == "start the daemon (cloakroomd; this system does not run systemd)")
        #expect(!advice.log.contains("journalctl"))
    }

    @Test func withoutTheUnitItHasToBeInstalled() throws {
        try make("/run/systemd/system")
        #expect(DaemonAdvice(root: root.path).start.contains("there is no cloakroomd.service on this system"))
    }

    @Test(arguments: ["/etc/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system"])
    func withTheUnitSystemctlStartsIt(_ directory: String) throws {
        try make("/run/systemd/system")
        try make(directory)
        #expect(FileManager.default.createFile(atPath: "\(root.path)\(directory)/cloakroomd.service", contents: nil))
        let advice = DaemonAdvice(root: root.path)
        #expect(advice.start == "start the daemon (systemctl start cloakroomd-admin.socket cloakroomd)")
        #expect(advice.log == "journalctl -u cloakroomd")
    }

    @Test func groupIsThatOfTheSocket() throws {
        let file = try root.file("socket", [])
        #expect(DaemonAdvice.group(of: file) == "cloakroom-admin")
        try #require(chown(file, 0, 1) == 0)
        #expect(DaemonAdvice.group(of: file) == "daemon")
        try #require(chown(file, 0, 48_005) == 0)
        #expect(DaemonAdvice.group(of: file) == "48005")
        #expect(DaemonAdvice.group(of: "/nonexistent") == "cloakroom-admin")
    }
}
