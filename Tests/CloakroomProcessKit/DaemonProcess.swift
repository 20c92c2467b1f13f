// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import Foundation

/// The real `cloakroomd`, in a temporary directory of its own.
public final class DaemonProcess: Sendable {
    /// Why the daemon did not do what a test needs; with its log.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened, and the log.
        public let description: String

        /// Describes a failure.
        public init(description: String) { self.description = description }
    }

    /// Where key, state, socket and log are.
    public let directory: TemporaryDirectory
    private let process = Locked<Process?>(nil)
    private let clock: MovableClock?

    /// Makes a directory with a key, and starts nothing yet.
    ///
    /// - Parameter clock: the clock that the daemon goes by when it is started by ``start(_:under:input:)``; `nil`: the system's.
    public init(clock: MovableClock? = nil) throws {
        directory = try TemporaryDirectory()
        self.clock = clock
        let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
        guard
            FileManager.default.createFile(
                atPath: keyFile,
                contents: Data((key + "\n").utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw Failure(description: "cannot write \(keyFile)") }
    }

    deinit { process.withLock { $0 }?.terminate() }

    /// The key file.
    public var keyFile: String { directory.path + "/key" }
    /// The state directory.
    public var stateDirectory: String { directory.path + "/state" }
    /// The socket.
    public var socket: String { directory.path + "/php.sock" }
    /// What the daemon has logged.
    public var log: String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }
    /// The process id of the running daemon.
    public var pid: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    /// The daemon that was built beside the tests.
    public static var binary: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "cloakroomd").path
    }

    /// Starts the daemon and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - arguments: what to pass besides the ``standardArguments``.
    ///   - wrapper: a program and its arguments that ends by executing what follows them, as `/usr/bin/env` does.
    ///   - input: the standard input, through which a wrapper can be given a descriptor.
    public func start(
        _ arguments: [String] = [],
        under wrapper: [String] = [],
        input: FileHandle = .nullDevice
    ) throws {
        // Not in the environment of the wrapper, which need not bear a library that was built for a sanitizer.
        let command = wrapper + (clock?.wrapper ?? []) + [Self.binary] + standardArguments + arguments
        try launch(command[0], arguments: Array(command[1...]), input: input)
        let end = Date(timeIntervalSinceNow: 30)
        while (try? ProtocolClient(path: socket)) == nil {
            guard process.withLock({ $0?.isRunning == true }), Date.now < end else {
                throw Failure(description: "cloakroomd did not start; its log:\n\(log)")
            }
            usleep(5_000)
        }
    }

    /// `--key-file`, `--state-dir` and `--socket`.
    public var standardArguments: [String] {
        ["--key-file", keyFile, "--state-dir", stateDirectory, "--socket", socket]
    }

    /// Writes a configuration file, and answers the arguments that make the daemon read it.
    public func configure(_ text: String) throws -> [String] {
        let file = directory.path + "/cloakroom.toml"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return ["--config", file]
    }

    /// Runs any program as the daemon, with its output in the log.
    public func launch(_ program: String, arguments: [String], input: FileHandle = .nullDevice) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let log = directory.path + "/log"
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "cannot write \(log)") }
        let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = input
        try process.run()
        self.process.withLock { $0 = process }
    }

    /// Waits for the daemon to end, and answers its exit status (negative: the signal that killed it).
    public func wait() -> Int32 {
        guard let process = process.withLock({ $0 }) else { return 0 }
        process.waitUntilExit()
        self.process.withLock { $0 = nil }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    public func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        let pid = pid
        // Process 0 would be all processes of this group.
        if pid > 0 { kill(pid, signal) }
        return wait()
    }

    /// A connection that has said HELLO.
    public func client() throws -> ProtocolClient { try ProtocolClient.greeted(path: socket) }

    /// Runs a program to its end; answers its exit status and what it printed.
    public static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) is missing: run `make deps`")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
