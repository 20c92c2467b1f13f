// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// `cloakroomctl audit`, as an administrator and as a pipeline would run it, on trees of files.
@Suite struct AuditCommandTests {
    private let directory: TemporaryDirectory

    /// Three pools whose sockets are open for all, and one that listens for one machine only.
    init() throws {
        directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        for pool in ["blog", "news", "shop"] {
            try file(
                "etc/php/8.2/fpm/pool.d/\(pool).conf",
                "[\(pool)]\nuser = www-data\nlisten = /run/php/web.sock\nlisten.mode = 0666\npm = static\npm.max_children = 1\nrlimit_core = 1\n"
            )
        }
        try file("etc/php/8.2/fpm/php-fpm.conf", "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n")
        try file("etc/php/8.2/fpm/php.ini", "[PHP]\n")
    }

    private func file(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let url = URL(fileURLWithPath: directory.path(of: path))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    }

    private func audit(_ arguments: String...) throws -> (status: Int32, output: String) {
        try DaemonProcess.run(DaemonProcess.control, ["audit", "--root", directory.path] + arguments)
    }

    private func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    @Test func poolsWithTheSameFindingAreToldTogether() throws {
        let (status, output) = try audit()
        #expect(status == 1)
        #expect(output.contains("HIGH\n\n  FPM 8.2, 3 pools: blog, news, shop: pool-socket-open\n"), "\(output)")
        for pool in ["blog", "news", "shop"] {
            #expect(output.contains("    at /etc/php/8.2/fpm/pool.d/\(pool).conf:4\n"), "\(output)")
        }
        #expect(output.components(separatedBy: "pool-socket-open").count == 2)
        #expect(output.contains("      listen.mode = 0660\n"))
        #expect(output.contains("3 pools of PHP-FPM were looked at."))
        // The worst comes first.
        let high = try #require(output.firstRange(of: "HIGH")), low = try #require(output.firstRange(of: "LOW"))
        #expect(high.lowerBound < low.lowerBound)
        // Eighty columns where there is no terminal; a place or a line to write is never broken.
        #expect(
            output.split(separator: "\n").filter { !$0.contains("/") && !$0.contains("=") }.allSatisfy {
                $0.count <= 80
            }
        )
    }

    @Test func eachFindingIsALineOfJSON() throws {
        let (status, output) = try audit("--json")
        #expect(status == 1)
        let objects = try objects(output)
        let findings = objects.dropLast()
        #expect(findings.filter { $0["code"] as? String == "pool-socket-open" }.count == 3)
        for finding in findings {
            #expect(["code", "severity", "subject", "reason", "remedy"].allSatisfy { finding[$0] is String })
        }
        let summary = try #require(objects.last?["summary"] as? [String: Any])
        #expect(summary["status"] as? Int == 1)
        #expect(summary["isComplete"] as? Bool == true)
        let counts = try #require(summary["counts"] as? [String: Int])
        #expect(counts.values.reduce(0, +) == findings.count)
    }

    @Test func theLeastSeverityHidesAndDoesNotChangeTheStatus() throws {
        let (status, output) = try audit("--min-severity", "critical")
        #expect(status == 1)
        #expect(!output.contains("pool-socket-open"))
        #expect(output.contains("below critical not shown"))
        #expect(try audit("--fail-on", "critical").status == 0)
        #expect(try audit("--min-severity", "terrible").status == 64)
    }

    @Test func whatCannotBeLookedAtIsAUsageOrAFailure() throws {
        let control = DaemonProcess.control
        let missing = try DaemonProcess.run(control, ["audit", "--root", directory.path(of: "nothing")])
        #expect(missing.status == 1)
        #expect(missing.output.contains("name the directory where the host's files are"))
        #expect(try audit("--config", "cloakroom.toml").status == 64)
    }

    /// What files say is shown, and is no command for the terminal.
    @Test func namesFromFilesCannotDriveTheTerminal() throws {
        try file(
            "etc/php/8.2/fpm/pool.d/zzz.conf",
            "[a\u{1B}]0;x\u{7}b]\nuser = www-data\nlisten = 9000\npm = static\n"
        )
        let (_, output) = try audit()
        #expect(!output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(output.contains("pool-listens-on-network"))
    }

    @Test func theConfigurationFileOfTheOptionIsTheOneThatIsChecked() throws {
        try file("etc/other.toml", "[server]\nusers = 5\n")
        let (_, output) = try audit("--config", "/etc/other.toml", "--json")
        let found = try objects(output).first { $0["code"] as? String == "configuration-invalid" }
        let location = try #require(found?["location"] as? [String: Any])
        #expect(location["path"] as? String == "/etc/other.toml")
        #expect(location["line"] as? Int == 2)
    }

    /// Somebody who may not see everything is told so, in the report and by the status.
    @Test func whoMayNotSeeEverythingIsToldSo() throws {
        let copy = directory.path(of: "cloakroomctl")
        try FileManager.default.copyItem(atPath: DaemonProcess.control, toPath: copy)
        try file("etc/php/8.2/fpm/pool.d/www.conf", "[www]\nuser = www-data\nlisten = /run/php/www.sock\npm = static\n")
        try FileManager.default.removeItem(atPath: directory.path(of: "etc/php/8.2"))
        try file("etc/cloakroom/key", "key", mode: 0o600)
        func run(_ arguments: String...) throws -> (status: Int32, output: String) {
            try DaemonProcess.run(
                "/usr/bin/setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", "--", copy, "audit", "--root", directory.path]
                    + arguments
            )
        }
        let seen = try objects(try run("--json").output)
        #expect(seen.contains { $0["code"] as? String == "not-seen" }, "\(seen)")
        #expect((seen.last?["summary"] as? [String: Any])?["isComplete"] as? Bool == false)
        #expect(try run("--fail-on", "high").status == 2)
        #expect(try run("--fail-on", "high").output.contains("run it as root"))
        chmod(directory.path(of: "etc/cloakroom/key"), 0o644)
        #expect(!(try run().output.contains(": not-seen")))
    }
}
