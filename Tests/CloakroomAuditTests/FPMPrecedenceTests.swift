// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Testing

/// Which of several settings holds, against a PHP-FPM that runs.
@Suite struct FPMPrecedenceTests {
    private static let names = ["session.referer_check", "session.cookie_domain", "user_agent", "from"]
    private static let pools = 6

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func theSameSettingHoldsAsInARunningPool() throws {
        var random = SeededGenerator(seed: 5)
        let fpm = directory.path + "/etc/php/8.2/fpm"
        try FileManager.default.createDirectory(atPath: fpm + "/conf.d", withIntermediateDirectories: true)
        for file in ["php.ini", "conf.d/10-a.ini", "conf.d/20-b.ini", "conf.d/30-c.txt"] {
            try write(lines(&random, Array(repeating: "", count: 4)), to: "\(fpm)/\(file)")
        }
        var main = "[global]\nerror_log = \(directory.path)/log\n"
        for number in 0..<Self.pools {
            main += "[p\(number)]\nuser = root\ngroup = root\nlisten = \(directory.path)/$pool\npm = static\n"
            main +=
                "pm.max_children = 1\n"
                + lines(&random, ["php_value", "php_value", "php_admin_value", "php_admin_value"])
        }
        try write(main, to: fpm + "/php-fpm.conf")
        let names = Self.names.map { "'\($0)'" }.joined(separator: ",")
        try write("<?php echo json_encode(array_map('ini_get', [\(names)]));", to: directory.path + "/i.php")

        let runtimes = PHPDiscovery.runtimes(in: HostTree(root: directory.path))
        #expect(runtimes.count == Self.pools)
        try run(fpm) {
            for runtime in runtimes {
                let expected = try ask(runtime.pool?.name ?? "")
                #expect(
                    Self.names.map { runtime.settings.text($0, default: "") } == expected,
                    "\(runtime.name)\n\(main)"
                )
            }
        }
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Some settings, each with a value of its own.
    private func lines(_ random: inout SeededGenerator, _ directives: [String]) -> String {
        (0..<5).map { _ in
            let name = Self.names.randomElement(using: &random) ?? ""
            let value = "v\(UInt16.random(in: 0...UInt16.max, using: &random))"
            let directive = directives.randomElement(using: &random) ?? ""
            return directive.isEmpty ? "\(name) = \(value)\n" : "\(directive)[\(name)] = \(value)\n"
        }.joined()
    }

    private func run(_ fpm: String, _ body: () throws -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/php-fpm8.2")
        process.arguments = ["-F", "-R", "-c", fpm, "-y", fpm + "/php-fpm.conf"]
        process.environment = ["PHP_INI_SCAN_DIR": fpm + "/conf.d"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let end = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: directory.path + "/p\(Self.pools - 1)") {
            try #require(process.isRunning && Date() < end, "PHP-FPM does not listen")
            usleep(10_000)
        }
        try body()
    }

    private func ask(_ pool: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/cgi-fcgi")
        process.arguments = ["-bind", "-connect", directory.path + "/" + pool]
        process.environment = ["SCRIPT_FILENAME": directory.path + "/i.php", "REQUEST_METHOD": "GET"]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        let body = text.components(separatedBy: "\r\n\r\n").dropFirst().joined()
        return try JSONDecoder().decode([String].self, from: Data(body.utf8))
    }
}
