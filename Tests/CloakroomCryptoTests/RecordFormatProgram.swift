// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `Tests/Vectors/record_format.py`, run by Debian's own Python.
enum RecordFormatProgram {
    struct Result {
        let status: Int32
        let output: Data
        let errors: String
    }

    /// What `--open` prints.
    struct OpenedValues: Decodable, Equatable {
        let address: String
        let dataKey: String
        let body: String
        let version: UInt64
        let writeToken: UInt64
        let created: UInt64
        let lastSeen: UInt64
        let lifetime: UInt64
        let deadline: UInt64
        let expirySlot: UInt64
        let bodyExpires: UInt64
        let size: UInt64
        let retired: UInt64
        let successor: String
        let tokenFamily: String
        let bindingVersion: UInt8
        let bindingPrefix: UInt8
        let bindingNetwork: String
        let bindingFamily: String
        let bindingAgent: String
        let identified: UInt64
        let group: String
        let user: String
    }

    static func run(_ arguments: [String], input: Data = Data()) throws -> Result {
        let python = "/usr/bin/python3"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "\(python) is missing: apt-get install python3-cryptography"
        )
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [RecordFormatVectors.directory.appendingPathComponent("record_format.py").path] + arguments
        let standardInput = Pipe()
        let standardOutput = Pipe()
        let standardError = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        try process.run()
        // Input and errors are far smaller than a pipe holds (64 KiB, pipe(7)), so one after the other is safe.
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        let errors = try standardError.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        var text = String(decoding: errors, as: UTF8.self)
        if text.contains("No module named 'cryptography'") {
            text = "apt-get install python3-cryptography: " + text
        }
        return Result(status: process.terminationStatus, output: output, errors: text)
    }
}
