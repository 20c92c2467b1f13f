// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Foundation

/// The real `cloakroom-fcgi`, in a temporary directory of its own.
public final class GateProcess: Sendable {
    /// Where its socket and its log are.
    public let directory: TemporaryDirectory
    private let process: Locked<Process>

    /// The gate that was built beside the tests.
    public static var binary: String {
        URL(fileURLWithPath: DaemonProcess.binary).deletingLastPathComponent().appending(path: "cloakroom-fcgi").path
    }

    /// Starts it and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - daemon: the socket of the daemon that it asks.
    ///   - arguments: more options.
    public init(daemon: String, _ arguments: [String] = []) throws {
        directory = try TemporaryDirectory()
        let socket = directory.path + "/fcgi.sock"
        let file = directory.path + "/log"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.binary)
        process.arguments = ["--socket", socket, "--daemon", daemon] + arguments
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = Locked(process)
        let end = Date(timeIntervalSinceNow: 30)
        while (try? FastCGIPeer(path: socket)) == nil {
            guard isRunning, Date.now < end else {
                throw DaemonProcess.Failure(description: "cloakroom-fcgi did not start; its log:\n\(log)")
            }
            usleep(5_000)
        }
    }

    deinit { process.withLock { $0.terminate() } }

    /// The socket for web servers.
    public var socket: String { directory.path + "/fcgi.sock" }
    /// What it has logged.
    public var log: String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }
    /// Whether it has not ended.
    public var isRunning: Bool { process.withLock { $0.isRunning } }
    /// Its process id.
    public var pid: Int32 { process.withLock { $0.processIdentifier } }

    /// A new connection to its Unix socket.
    public func peer() throws -> FastCGIPeer { try FastCGIPeer(path: socket) }

    /// What one request on a connection of its own is answered.
    public func ask(_ request: FastCGIMessage) throws -> FastCGIPeer.Answer { try peer().ask(request) }

    /// Sends a signal, without waiting.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end, and answers the exit status (negative: the signal that killed it).
    public func wait() -> Int32 {
        let process = process.withLock { $0 }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Sends SIGTERM and waits for the end.
    @discardableResult
    public func stop() -> Int32 {
        signal(SIGTERM)
        return wait()
    }
}
