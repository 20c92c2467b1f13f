// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// A real PHP-FPM with one pool of one worker, and a copy of the PHP client.
final class FPMProcess {
    private static let program = "/usr/sbin/php-fpm8.2"
    private static let client = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/php-client"

    private let temporary: TemporaryDirectory
    private var process: Process?

    init() throws {
        temporary = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: path("Cloakroom"), withIntermediateDirectories: false)
        for file in ["prepend.php", "classes.php", "probe.php"] {
            try FileManager.default.copyItem(atPath: "\(Self.client)/\(file)", toPath: path("Cloakroom/\(file)"))
        }
    }

    deinit {
        process?.terminate()
        process?.waitUntilExit()
    }

    var directory: String { temporary.path }
    var socket: String { path("fpm.sock") }
    var configuration: String { path("fpm.conf") }
    var prepend: String { path("Cloakroom/prepend.php") }
    var probe: String { path("Cloakroom/probe.php") }
    var log: String { (try? TestFile.text(path("log"))) ?? "" }

    func path(_ name: String) -> String { temporary.path(of: name) }

    /// Starts it with these settings in the pool's file, and waits until it listens.
    func start(_ settings: [String: String]) throws {
        let lines = settings.map { "php_admin_value[\($0)] = \"\($1)\"\n" }.joined()
        let text = """
            [global]
            daemonize = no
            error_log = \(path("log"))
            [site]
            user = root
            group = root
            listen = \(socket)
            pm = static
            pm.max_children = 1
            php_admin_value[display_errors] = 0
            php_admin_value[log_errors] = 1
            \(lines)
            """
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw DaemonProcess.Failure(description: "\(Self.program) is missing: run `make deps`")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["-n", "-R", "-F", "-y", configuration]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        let end = Date(timeIntervalSinceNow: 30)
        while !log.contains("ready to handle connections") {
            guard process.isRunning, Date.now < end else {
                throw DaemonProcess.Failure(description: "PHP-FPM did not start: \(log)")
            }
            usleep(5_000)
        }
    }
}
