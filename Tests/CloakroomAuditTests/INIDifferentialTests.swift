// SPDX-License-Identifier: Apache-2.0

@testable import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Testing

/// Our reading of INI files against that of the PHP that is installed here.
@Suite struct INIDifferentialTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func settingsAreThoseThatPHPReads() throws {
        var random = SeededGenerator(seed: 1)
        for number in 0..<300 {
            let text = INISamples.text(&random)
            let file = try directory.file("\(number).ini", text.utf8)
            let expected = try php(file)
            #expect(ours(file) == expected, "text \(number):\n\(text)")
        }
    }

    @Test(arguments: INISamples.known)
    func knownTextsAreReadAsPHPReadsThem(_ text: String) throws {
        let file = try directory.file("known.ini", text.utf8)
        let expected = try php(file)
        #expect(ours(file) == expected)
    }

    private func ours(_ file: String) -> [String: String] {
        var reader = PHPSettingsReader(tree: HostTree(), environment: ["FROM_ENV": "of the environment"])
        reader.read(file)
        return reader.values.mapValues(\.text).filter { INISamples.names.contains($0.key) }
    }

    private func php(_ file: String) throws -> [String: String] {
        let names = INISamples.names.map { "'\($0)'" }.joined(separator: ",")
        let script =
            "foreach ([\(names)] as $n) { $v = get_cfg_var($n); if (is_string($v)) echo $n, \"\\0\", $v, \"\\0\"; }"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/php")
        process.arguments = ["-c", file, "-d", "display_errors=0", "-r", script]
        process.environment = ["PHP_INI_SCAN_DIR": "", "FROM_ENV": "of the environment"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        var result: [String: String] = [:]
        for index in stride(from: 0, to: parts.count - 1, by: 2) { result[parts[index]] = parts[index + 1] }
        return result
    }
}
