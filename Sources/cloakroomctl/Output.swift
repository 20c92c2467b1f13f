// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import Glibc

/// What is shown: results on standard output, for people or as JSON; all else on standard error.
enum Output {
    /// Whether `--json` was given, also where the command line cannot be understood otherwise.
    static let isJSON = CommandLine.arguments.contains("--json")

    /// A line of a result.
    static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A message as one line of JSON.
    static func json(_ message: some Encodable) throws {
        line(String(decoding: try AdminJSON.encode(message), as: UTF8.self))
    }

    /// What people should know, and no program has to.
    static func hint(_ text: String) { write("cloakroomctl: \(text)\n", to: STDERR_FILENO) }

    /// Why something was not done.
    static func failure(_ text: String) {
        guard isJSON, let json = try? AdminJSON.encode(["error": text]) else { return hint(text) }
        write(String(decoding: json, as: UTF8.self) + "\n", to: STDERR_FILENO)
    }

    /// All bytes, as far as somebody takes them.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        _ = DescriptorBytes.write(bytes, to: descriptor)
    }

    static func write(_ text: String, to descriptor: Int32) {
        Array(text.utf8).withUnsafeBytes { write($0, to: descriptor) }
    }
}
