// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Testing

/// Real pools of PHP-FPM, asked by the shipped script.
@Suite struct PoolProbeTests {
    private let fpm: FPMProcess
    private let daemon: DaemonProcess

    init() throws {
        daemon = try DaemonProcess()
        fpm = try FPMProcess()
    }

    /// What the files are taken to say.
    private func runtime(_ settings: [String: String], listen: String? = nil, chroot: String = "") -> PHPRuntime {
        let place = FileLocation(fpm.configuration)
        return PHPRuntime(
            version: "8.2",
            interface: .fpm,
            pool: .init(
                name: "site",
                user: "root",
                group: "",
                listen: listen ?? fpm.socket,
                chroot: chroot,
                location: place
            ),
            settings: EffectiveSettings(
                settings.mapValues { .init($0, location: place) },
                home: place,
                isPoolFile: true
            )
        )
    }

    private func ask(_ runtime: PHPRuntime) -> ProbeOutcome { PoolProbe(tree: HostTree()).ask(runtime) }

    private func answer(_ runtime: PHPRuntime) throws -> ProbeAnswer {
        let outcome = ask(runtime)
        guard case .answered(let answer) = outcome else {
            throw DaemonProcess.Failure(description: "\(outcome)\n\(fpm.log)")
        }
        return answer
    }

    private var shipped: [String: String] {
        [
            "auto_prepend_file": fpm.prepend, "session.save_path": "unix://\(daemon.socket)",
            "session.upload_progress.enabled": "0",
        ]
    }

    @Test func aPoolWithCloakroomIsAsItsFilesSay() throws {
        try daemon.start()
        try fpm.start(shipped)
        let answer = try answer(runtime(shipped))
        #expect(answer.prepended && answer.handler && answer.savePathMatches)
        #expect(answer.daemon == "")
        #expect(answer.settings["session.upload_progress.enabled"] == "0")
        // Before prepend.php has changed it.
        #expect(answer.settings["session.use_strict_mode"] == "0")
        #expect(answer.settings["session.save_path"] == nil)
        #expect(codes(answer, shipped) == [])
    }

    private func codes(_ answer: ProbeAnswer, _ settings: [String: String]) -> [String] {
        var observed = Observations()
        let runtime = runtime(settings)
        observed.pools = [.init(runtime: runtime, outcome: .answered(answer))]
        let host = AuditedHost(tree: HostTree(root: fpm.directory), runtimes: [runtime], observed: observed)
        let all: Set<String> = [
            "pool-settings-differ", "prepend-not-in-effect", "handler-not-in-effect", "daemon-not-reached",
        ]
        return AuditChecks.host.flatMap { $0.findings(on: host) }.map(\.code).filter(all.contains)
    }

    @Test func filesThatWereChangedSinceAreSeen() throws {
        try daemon.start()
        try fpm.start(shipped)
        var changed = shipped
        changed["session.save_path"] = "tcp://redis:6379?auth=secret"
        changed["session.cookie_httponly"] = "1"
        let answer = try answer(runtime(changed))
        #expect(!answer.savePathMatches)
        #expect(codes(answer, changed) == ["pool-settings-differ"])
    }

    @Test func aPoolWithoutThePrependSaysSo() throws {
        try fpm.start([:])
        let answer = try answer(runtime(shipped))
        #expect(!answer.prepended && !answer.handler && answer.daemon == nil)
        #expect(Set(codes(answer, shipped)) == ["pool-settings-differ", "prepend-not-in-effect"])
    }

    @Test func aDaemonThatIsAwayIsTold() throws {
        try fpm.start(shipped)
        let answer = try answer(runtime(shipped))
        #expect(answer.prepended && answer.handler)
        let reason = try #require(answer.daemon)
        #expect(reason.contains("No such file or directory"))
        #expect(codes(answer, shipped) == ["daemon-not-reached"])
    }

    @Test func aPrependThatFailsIsTold() throws {
        _ = try "<?php throw new Exception('no');".write(toFile: fpm.prepend, atomically: true, encoding: .utf8)
        try fpm.start(shipped)
        guard case .failed(let reason) = ask(runtime(shipped)) else {
            Issue.record("it has not failed")
            return
        }
        #expect(reason.contains("500"))
        #expect(reason.contains("no"))
    }

    @Test func aPoolOfBusyWorkersIsLate() throws {
        try fpm.start(["auto_prepend_file": fpm.path("wait.php")])
        try "<?php sleep(60);".write(toFile: fpm.path("wait.php"), atomically: true, encoding: .utf8)
        #expect(ask(runtime(shipped)) == .late)
    }

    @Test func whatKeepsAPoolFromItIsNamed() throws {
        #expect(ask(runtime(shipped)) == .notRunning)
        let samples: [PHPRuntime] = [
            runtime(shipped, listen: "192.0.2.1:9000"),
            runtime(shipped, chroot: "/srv/jail"),
            runtime(shipped.merging(["open_basedir": "/srv/www"]) { $1 }),
            runtime(shipped, listen: "nonsense"),
        ]
        for sample in samples {
            guard case .notAsked(let reason) = ask(sample) else {
                Issue.record("\(sample) was asked")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    /// The page of a web server's client, who cannot send what the audit sends.
    @Test func othersGetNothing() throws {
        try daemon.start()
        try fpm.start(shipped)
        for parameters in [
            [("SCRIPT_FILENAME", fpm.probe)],
            [("SCRIPT_FILENAME", fpm.probe), ("CLOAKROOM_AUDIT", "1")],
            [("SCRIPT_FILENAME", fpm.probe), ("HTTP_CLOAKROOM_AUDIT", String(repeating: "0", count: 32))],
        ] {
            let all =
                parameters + [
                    ("REQUEST_METHOD", "GET"), ("QUERY_STRING", "CLOAKROOM_AUDIT=\(String(repeating: "0", count: 32))"),
                ]
            let reply = try FastCGIClient(.unix(path: fpm.socket), limit: .seconds(20))
                .ask(all.map { (name: $0.0, value: $0.1) })
            let response = try #require(CGIResponse(reply.output))
            #expect(response.status == 404)
            #expect(response.body.isEmpty)
        }
    }
}
