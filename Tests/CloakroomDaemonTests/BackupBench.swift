// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import Foundation
import Testing

/// A daemon and a place for backups of it, made and restored by the real `cloakroomctl`.
struct BackupBench {
    typealias Outcome = (status: Int32, output: String)

    let daemon: DaemonProcess
    private let place: TemporaryDirectory
    private let configuration: [String]

    /// Where the backups are.
    var directory: String { place.path(of: "backups") }
    /// The directory of the database.
    var store: String { daemon.stateDirectory + "/rocksdb" }

    /// Writes a configuration, and starts nothing yet.
    init(_ configuration: String = "", clock: MovableClock? = nil) throws {
        daemon = try DaemonProcess(clock: clock)
        place = try TemporaryDirectory()
        self.configuration = try daemon.configure("[key]\nfile = \"\(daemon.keyFile)\"\n" + configuration)
    }

    func start() throws {
        try daemon.start(configuration)
        // From here on it takes requests of administrators.
        _ = try daemon.administrator()
    }

    /// Starts it anew, so that what was in a log is in tables.
    func restart() throws {
        #expect(daemon.stop() == 0)
        try start()
    }

    /// Runs `cloakroomctl`, under a program that ends by executing what follows it.
    func control(_ arguments: [String], under wrapper: [String] = []) throws -> Outcome {
        try DaemonProcess.run(
            "/usr/bin/env",
            ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)"] + wrapper + [DaemonProcess.control] + arguments
        )
    }

    func backup(_ arguments: String..., under wrapper: [String] = []) throws -> Outcome {
        try control(["backup", directory] + arguments, under: wrapper)
    }

    /// Makes a backup that has to succeed, and answers its name.
    @discardableResult
    func made(_ arguments: String...) throws -> String {
        let outcome = try control(["backup", directory, "--json"] + arguments)
        try #require(outcome.status == 0, "\(outcome.output)")
        struct Result: Decodable { let backup: String }
        let line = try #require(outcome.output.split(separator: "\n").last { $0.contains("\"backup\"") })
        return try JSONDecoder().decode(Result.self, from: Data(line.utf8)).backup
    }

    func restore(_ arguments: String..., under wrapper: [String] = []) throws -> Outcome {
        try control(restoreCommand + arguments, under: wrapper)
    }

    private var restoreCommand: [String] {
        ["restore", directory, "--config", configuration[1], "--state-dir", daemon.stateDirectory]
    }

    /// Restores, which has to succeed.
    func restored(_ arguments: String...) throws {
        let outcome = try control(restoreCommand + arguments)
        try #require(outcome.status == 0, "\(outcome.output)")
    }

    /// Starts a program without waiting for its end.
    func begin(_ arguments: [String], under wrapper: [String] = []) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)"] + wrapper + [DaemonProcess.control] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// The names of the backups.
    func backups() throws -> [String] {
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// All entries below a directory, in order.
    func entries(of path: String) throws -> [String] {
        try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }.sorted()
    }

    /// The files of a backup.
    func files(of backup: String) throws -> [String] {
        try entries(of: "\(directory)/\(backup)").filter { entry in
            var isDirectory: ObjCBool = false
            let path = "\(directory)/\(backup)/\(entry)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
        }
    }

    /// What another implementation says of a backup.
    func secondOpinion(of backup: String) throws -> Outcome {
        let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/backup_manifest.py").path
        return try DaemonProcess.run("/usr/bin/python3", [program, "--verify", "\(directory)/\(backup)"])
    }

    /// All files of the state directory with their contents, to see that nothing was changed.
    func stateContents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for entry in try entries(of: daemon.stateDirectory) {
            contents[entry] = FileManager.default.contents(atPath: "\(daemon.stateDirectory)/\(entry)") ?? Data()
        }
        return contents
    }

    /// Makes one call of the system fail, or does something at it, in the program that follows.
    static func injecting(_ injection: String, trace: String) -> [String] {
        [
            "/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(trace)", "-e",
            "inject=\(trace):\(injection)",
        ]
    }
}
