// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomProcessKit
import Foundation
import Testing

/// Starting, stopping, and refusing to start.
@Suite(.timeLimit(.minutes(10))) struct LifeCycleTests {
    @Test func acknowledgedWritesSurviveAKill() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        for number in 0..<200 {
            #expect(try client.write("n\(number)".utf8, to: try session("s\(number)"), version: 0).version != nil)
        }
        #expect(daemon.stop(SIGKILL) == -SIGKILL)
        try daemon.start()
        let reader = try daemon.client()
        for number in 0..<200 {
            #expect(try reader.read(try session("s\(number)")).data == Array("n\(number)".utf8))
        }
    }

    @Test func anotherKeyIsRefusedByNameAndTheStoreIsUnharmed() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        _ = try daemon.client().write("contents".utf8, to: alice, version: 0)
        #expect(daemon.stop() == 0)
        let key = try String(contentsOfFile: daemon.keyFile, encoding: .utf8)
        try overwrite(daemon.keyFile, with: String(key.reversed().drop { $0 != "=" }.dropFirst().prefix(42)) + "A=\n")
        #expect(throws: DaemonProcess.Failure.self) { try daemon.start() }
        _ = daemon.wait()
        #expect(daemon.log.contains("key"), "\(daemon.log)")
        try overwrite(daemon.keyFile, with: key)
        try daemon.start()
        #expect(try daemon.client().read(alice).data == Array("contents".utf8))
    }

    @Test func badKeyFilesAreRefusedWithWhatToDo() throws {
        let cases: [(String, mode_t, String)] = [
            ("", 0o600, "empty"),
            ("too short\n", 0o600, "openssl rand -base64 32"),
            (String(repeating: "0", count: 64) + "\n", 0o600, "zero"),
            (Data((0..<32).map { UInt8($0) }).base64EncodedString(), 0o644, "chmod 600"),
        ]
        for (contents, mode, hint) in cases {
            let daemon = try DaemonProcess()
            try overwrite(daemon.keyFile, with: contents)
            #expect(chmod(daemon.keyFile, mode) == 0)
            let checked = try DaemonProcess.run(DaemonProcess.binary, daemon.standardArguments)
            #expect(checked.status == 1)
            #expect(checked.output.contains(hint), "\(checked.output)")
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
            #expect(contents.isEmpty || !checked.output.contains(contents.prefix(8)), "the message shows the key")
        }
    }

    @Test func missingKeyIsRefusedWithTheCommandThatMakesOne() throws {
        let daemon = try DaemonProcess()
        try FileManager.default.removeItem(atPath: daemon.keyFile)
        let checked = try DaemonProcess.run(DaemonProcess.binary, daemon.standardArguments + ["--check"])
        #expect(checked.status == 1)
        #expect(checked.output.contains("openssl rand -base64 32"), "\(checked.output)")
    }

    @Test func keyFromTheEnvironmentIsTakenOutOfIt() throws {
        let daemon = try DaemonProcess()
        let configuration = daemon.directory.path + "/cloakroom.toml"
        try "[key]\nenvironment = \"CLOAKROOM_KEY\"\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        let key = try String(contentsOfFile: daemon.keyFile, encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines
        )
        try daemon.launch(
            "/usr/bin/env",
            arguments: ["CLOAKROOM_KEY=\(key)", DaemonProcess.binary, "--config", configuration]
                + ["--state-dir", daemon.stateDirectory, "--socket", daemon.socket]
        )
        let end = Date(timeIntervalSinceNow: 30)
        while (try? daemon.client()) == nil { try #require(Date.now < end, "\(daemon.log)") }
        let environment = try String(
            decoding: Data(contentsOf: URL(fileURLWithPath: "/proc/\(daemon.pid)/environ")),
            as: UTF8.self
        )
        #expect(!environment.contains(key))
        #expect(daemon.stop() == 0)
    }

    @Test func checkNamesTheUnknownKeyTheLineAndTheNearest() throws {
        let daemon = try DaemonProcess()
        let configuration = daemon.directory.path + "/cloakroom.toml"
        try "[sessions]\n# a comment\nlock_wiat = 5\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        let arguments = daemon.standardArguments + ["--config", configuration, "--check"]
        let refused = try DaemonProcess.run(DaemonProcess.binary, arguments)
        #expect(refused.status == 1)
        #expect(refused.output.contains("\(configuration):3:"), "\(refused.output)")
        #expect(refused.output.contains("\"lock_wait\""))
        try "[sessions]\nlock_wait = 5\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        let accepted = try DaemonProcess.run(DaemonProcess.binary, arguments)
        #expect(accepted.status == 0, "\(accepted.output)")
    }

    @Test func stateDirectoryThatOthersCanReadIsRefused() throws {
        let daemon = try DaemonProcess()
        #expect(mkdir(daemon.stateDirectory, 0o755) == 0)
        let refused = try DaemonProcess.run(DaemonProcess.binary, daemon.standardArguments)
        #expect(refused.status == 1)
        #expect(refused.output.contains("chmod 700"), "\(refused.output)")
    }

    @Test func secondDaemonIsRefusedAndTheFirstGoesOn() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let second = try DaemonProcess.run(DaemonProcess.binary, daemon.standardArguments)
        #expect(second.status == 1)
        let other = try DaemonProcess.run(
            DaemonProcess.binary,
            ["--key-file", daemon.keyFile, "--state-dir", daemon.directory.path + "/other", "--socket", daemon.socket]
        )
        #expect(other.status == 1)
        #expect(other.output.contains(daemon.socket), "\(other.output)")
        #expect(try daemon.client().ask(.ping) == .pong)
    }

    @Test func socketOfSystemdIsServed() throws {
        let daemon = try DaemonProcess()
        // It passes no more of the environment on than it is told to; under a sanitizer the daemon needs its settings.
        let inherited = ["ASAN_OPTIONS", "TSAN_OPTIONS"].filter { ProcessInfo.processInfo.environment[$0] != nil }
        try daemon.launch(
            "/usr/bin/systemd-socket-activate",
            arguments: ["-l", daemon.socket, "--fdname=php"] + inherited.flatMap { ["-E", $0] } + [DaemonProcess.binary]
                + ["--key-file", daemon.keyFile, "--state-dir", daemon.stateDirectory, "--socket", "/nonexistent/s"]
        )
        let end = Date(timeIntervalSinceNow: 30)
        while (try? daemon.client()) == nil { try #require(Date.now < end, "\(daemon.log)") }
        #expect(try daemon.client().ask(.ping) == .pong)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("socket=systemd"))
    }

    private func overwrite(_ path: String, with text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
