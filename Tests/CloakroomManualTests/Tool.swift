// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// The programs that were built beside the tests, run as somebody at a terminal would.
enum Tool {
    /// What a program printed and ended with.
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// The repository's root, from the place of this file in it.
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private static let directory = URL(fileURLWithPath: DaemonProcess.binary).deletingLastPathComponent()

    /// Where a program is.
    static func path(of name: String) -> String { directory.appending(path: name).path }

    /// Runs `cloakroomctl` to its end, with no admin socket but the one of `--socket`.
    static func control(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        var variables = ["CLOAKROOM_ADMIN_SOCKET": "/nonexistent/admin.sock", "COLUMNS": "80"]
        variables.merge(environment) { $1 }
        return try run(path(of: "cloakroomctl"), arguments, environment: variables)
    }

    static func control(_ arguments: String...) throws -> Result { try control(arguments) }

    /// Runs any program to its end.
    static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        let scratch = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, and not pipes, of which one could fill while the other one is read.
        process.standardOutput = try file(scratch, "output")
        process.standardError = try file(scratch, "errors")
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try TestFile.text(scratch.path(of: "output")),
            errors: try TestFile.text(scratch.path(of: "errors"))
        )
    }

    private static func file(_ scratch: TemporaryDirectory, _ name: String) throws -> FileHandle {
        try FileHandle(forWritingTo: URL(fileURLWithPath: try scratch.file(name, [])))
    }
}
