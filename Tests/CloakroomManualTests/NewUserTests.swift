// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// What the programs say to somebody who uses them for the first time, and with which exit status.
@Suite(.timeLimit(.minutes(10))) struct NewUserTests {
    /// What a command line without a daemon has to say, on standard error.
    private func expectUsage(_ arguments: [String], says texts: String...) throws {
        let result = try Tool.control(arguments)
        #expect(result.status == 64, "\(arguments)")
        #expect(result.output.isEmpty, "\(arguments): \(result.output)")
        for text in texts { #expect(result.errors.contains(text), "\(arguments): \(result.errors)") }
        #expect(!result.errors.contains("Error:"), "\(arguments): \(result.errors)")
    }

    @Test func withoutArgumentsItShowsWhatThereIs() throws {
        try expectUsage(
            [],
            says: "cloakroomctl: name a command\n",
            "Keys:\n",
            "  keys ",
            "Check:\n",
            "  config ",
            "man "
        )
    }

    @Test func helpIsAResult() throws {
        for arguments in [["help"], ["--help"], ["-h"]] {
            let help = try Tool.control(arguments)
            #expect(help.status == 0 && help.errors.isEmpty)
            #expect(help.output.contains("EXIT STATUS") && help.output.contains("  64   wrong usage"))
        }
        let keys = try Tool.control("help", "keys")
        #expect(keys.status == 0 && keys.errors.isEmpty)
        #expect(keys.output.contains("  cloakroomctl keys add ") && keys.output.contains("retire "))
        #expect(try Tool.control("help", "keys", "list").output.contains("--pool <pool>"))
        #expect(try Tool.control("--version").output == "0.1.0\n")
        #expect(try Tool.control("keys", "--version").output == "0.1.0\n")
    }

    @Test func misspeltCommandsAreNamed() throws {
        try expectUsage(
            ["kyes"],
            says: "unknown command \"kyes\"; did you mean \"keys\"?",
            "Usage: cloakroomctl <command>"
        )
        try expectUsage(
            ["keys", "lits"],
            says: "unknown command \"lits\" of \"cloakroomctl keys\"; did you mean \"list\"?",
            "Usage: cloakroomctl keys <command>",
            "cloakroomctl help keys"
        )
        try expectUsage(
            ["kyes", "list", "--json"],
            says: "{\"error\":\"unknown command \\\"kyes\\\"; did you mean \\\"keys\\\"?\"}"
        )
        try expectUsage(["hlep"], says: "did you mean \"help\"?")
        try expectUsage(["help", "kyes"], says: "did you mean \"keys\"?")
        try expectUsage(["help", "keys", "lits"], says: "did you mean \"list\"?")
        try expectUsage(["frobnicate"], says: "the commands here are: ", "keys")
        try expectUsage(["rotate"], says: "did you mean \"cloakroomctl keys rotate\"?")
        try expectUsage(["keys", "help"], says: "write \"cloakroomctl help keys\"")
        try expectUsage(["keys"], says: "\"cloakroomctl keys\" needs one of its commands: generate, add, ")
        try expectUsage([""], says: "unknown command \"\"")
    }

    @Test func misspeltOptionsAreNamed() throws {
        try expectUsage(
            ["keys", "list", "--jsno"],
            says: "Unknown option '--jsno'. Did you mean '--json'?",
            "Usage: cloakroomctl keys list ["
        )
        try expectUsage(["--json", "keys", "list"], says: "--json stands before the command: options come after it")
        try expectUsage(["--sokcet=/x", "keys", "list"], says: "--sokcet stands before the command")
        try expectUsage(["keys", "list", "--pool"], says: "--pool", "Usage: cloakroomctl keys list [")
        try expectUsage(
            ["keys", "retire"],
            says: "Missing expected argument '<key>'",
            "Usage: cloakroomctl keys retire <key>"
        )
        try expectUsage(["reload", "now"], says: "'now'", "Usage: cloakroomctl reload ")
    }

    /// A command that needs the daemon, as one user or another.
    private func ask(_ socket: String, as user: UInt32? = nil, _ more: String...) throws -> Tool.Result {
        let directory = try TemporaryDirectory()
        try #require(chmod(directory.path, 0o755) == 0)
        let program = directory.path(of: "cloakroomctl")
        // Where the tests were built need not be open to others.
        try FileManager.default.copyItem(atPath: Tool.path(of: "cloakroomctl"), toPath: program)
        let command = [program, "keys", "list", "--socket", socket] + more
        guard let user else { return try Tool.run(program, Array(command.dropFirst())) }
        return try Tool.run(
            "/usr/bin/setpriv",
            ["--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + command
        )
    }

    private func expectUnreachable(_ result: Tool.Result, says texts: String...) {
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("cloakroomctl: ") && result.errors.split(separator: "\n").count == 1)
        for text in texts { #expect(result.errors.contains(text), "\(result.errors)") }
    }

    private static let nobody: UInt32 = 65_534

    @Test(arguments: [nil, nobody]) func daemonThatIsNotThere(_ user: UInt32?) throws {
        let directory = try TemporaryDirectory()
        try #require(chmod(directory.path, 0o755) == 0)
        let path = directory.path(of: "admin.sock")
        expectUnreachable(
            try ask(path, as: user),
            says: "there is no admin socket \(path): start the daemon",
            "--socket"
        )
        // What a daemon that was killed leaves behind.
        do { _ = try Listener(path, mode: 0o666) }
        expectUnreachable(
            try ask(path, as: user),
            says: "nobody listens on \(path): start the daemon",
            "see why it ended"
        )
        let json = try ask(path, as: user, "--json")
        #expect(json.status == 2)
        #expect(json.errors.hasPrefix("{\"error\":\"nobody listens on"))
    }

    @Test func userWhoMayNotIsToldHowHeMay() throws {
        let daemon = try DaemonProcess()
        try daemon.start(try daemon.configure("[server]\nadmin_group = \"48005\"\n"))
        let socket = daemon.directory.path(of: "admin.sock")
        // Its directory is closed to others, then the socket, and then the daemon decides.
        expectUnreachable(
            try ask(socket, as: Self.nobody),
            says: "this user may not connect to \(socket): run it as root (sudo)",
            "usermod -aG cloakroom-admin"
        )
        try #require(chmod(daemon.directory.path, 0o755) == 0)
        expectUnreachable(try ask(socket, as: Self.nobody), says: "run it as root (sudo)", "usermod -aG 48005 USER")
        try #require(chmod(socket, 0o666) == 0)
        expectUnreachable(try ask(socket, as: Self.nobody), says: "user 65534 may not use the admin socket", "48005")
        #expect(try ask(socket).status == 0)
        // The key belongs to somebody else.
        let key = try Tool.control("keys", "generate", "--output", "/nonexistent/key")
        #expect(key.status == 1 && key.errors.contains("/nonexistent/key"), "\(key)")
        #expect(daemon.stop() == 0)
    }

    @Test func daemonThatDoesNotAnswerYet() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        // Once it answers, it takes signals.
        #expect(try daemon.client().ask(.ping) == .pong)
        // It listens, as a socket of systemd does while the daemon starts, and accepts nobody.
        try #require(kill(daemon.pid, SIGSTOP) == 0)
        let result = try ask(daemon.directory.path(of: "admin.sock"))
        kill(daemon.pid, SIGCONT)
        expectUnreachable(result, says: "the daemon does not answer", "it may still be starting, so try again")
        #expect(daemon.stop() == 0)
    }

    @Test func daemonOfAnotherVersion() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "admin.sock")
        let listener = try Listener(path, mode: 0o600)
        let greeting = try AdminJSON.encode(AdminReply.hello(DaemonGreeting(daemon: "9.8.7", version: 99)))
        let length = withUnsafeBytes(of: UInt32(greeting.count).bigEndian) { Array($0) }
        listener.greet(length + Array(greeting))
        let result = try ask(path)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains("cloakroomd 9.8.7 speaks version 99"), "\(result.errors)")
        #expect(result.errors.contains("use the cloakroomctl that came with the daemon"), "\(result.errors)")
    }

    @Test func socketOfSomethingElse() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "admin.sock")
        let listener = try Listener(path, mode: 0o600)
        listener.greet(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        let result = try ask(path)
        #expect(result.status == 1)
        #expect(result.errors.contains("is it cloakroomd's admin socket?"), "\(result.errors)")
    }
}

/// A Unix socket that is no daemon's.
private final class Listener {
    private let descriptor: Int32

    init(_ path: String, mode: mode_t) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        try #require(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
        try #require(listen(descriptor, 8) == 0 && chmod(path, mode) == 0)
    }

    deinit { close(descriptor) }

    /// Accepts one connection, and sends something.
    func greet(_ bytes: [UInt8]) {
        let descriptor = descriptor
        Thread.detachNewThread {
            let peer = accept(descriptor, nil, nil)
            _ = send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            // Until the other side has gone.
            var byte: UInt8 = 0
            while recv(peer, &byte, 1, 0) > 0 {}
            close(peer)
        }
    }
}
