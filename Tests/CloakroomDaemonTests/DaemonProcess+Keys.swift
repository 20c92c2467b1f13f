// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// Daemons that have their keys from elsewhere than the file of `--key-file`.
extension DaemonProcess {
    /// The text of ``keyFile``, without its line end.
    var keyText: String {
        get throws {
            try String(contentsOfFile: keyFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private func command(_ configuration: String, _ environment: [String]) throws -> [String] {
        environment + [Self.binary] + (try configure(configuration))
            + ["--state-dir", stateDirectory, "--socket", socket]
    }

    /// Starts the daemon with what a configuration says of keys, and waits until it accepts connections.
    ///
    /// - Parameter environment: variables of its environment, as `NAME=VALUE`.
    func start(configuration: String, environment: [String] = []) throws {
        try launch("/usr/bin/env", arguments: command(configuration, environment))
        let end = Date(timeIntervalSinceNow: 30)
        while (try? client()) == nil {
            guard kill(pid, 0) == 0, Date.now < end else {
                throw Failure(description: "cloakroomd did not start; its log:\n\(log)")
            }
            usleep(5_000)
        }
    }

    /// What the daemon says when it does not start.
    func refusal(of configuration: String, environment: [String] = []) throws -> (status: Int32, output: String) {
        try Self.run("/usr/bin/env", command(configuration, environment))
    }

    /// What `--check` says.
    func check(_ configuration: String, environment: [String] = []) throws -> (status: Int32, output: String) {
        try Self.run("/usr/bin/env", command(configuration, environment) + ["--check"])
    }

    /// Writes a file into ``directory`` that only its owner can read, and answers its path.
    func file(_ name: String, _ contents: some Sequence<UInt8>) throws -> String {
        let path = directory.path(of: name)
        guard
            FileManager.default.createFile(
                atPath: path,
                contents: Data(contents),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw Failure(description: "cannot write \(path)") }
        return path
    }

    /// Runs a program that has to succeed.
    @discardableResult
    static func runOrFail(_ program: String, _ arguments: [String]) throws -> String {
        let (status, output) = try run(program, arguments)
        guard status == 0 else {
            throw Failure(description: "\(program) \(arguments) failed with status \(status): \(output)")
        }
        return output
    }
}
