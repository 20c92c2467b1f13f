// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomCrypto
import Glibc

struct KeysGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a new master key. It takes no daemon."
    )

    @Option(
        help: "A new file for the key, readable by its owner only; otherwise it is printed.",
        completion: .file()
    )
    var output: String?

    @OptionGroup var options: OutputOptions

    func run() throws {
        try ControlHeap.prepare()
        let key = try MasterKey.random()
        if let output {
            try KeyFile.make(output, with: key)
            if options.json {
                try Output.json(["id": "\(key.id)", "file": output])
            } else {
                Output.line("key \(key.id) is in \(output)")
            }
            return
        }
        // Straight from the secure heap: a string would leave copies behind.
        let (before, after) = options.json ? ("{\"id\":\"\(key.id)\",\"key\":\"", "\"}\n") : ("", "\n")
        Output.write(before, to: STDOUT_FILENO)
        try key.base64().withUnsafeBytes { Output.write($0, to: STDOUT_FILENO) }
        Output.write(after, to: STDOUT_FILENO)
        if isatty(STDOUT_FILENO) == 1 {
            Output.hint("key \(key.id) is on your screen now; --output FILE puts one into a file instead")
        }
    }
}

/// The secure heap of this program, which has few keys.
enum ControlHeap {
    static func prepare() throws {
        try ProcessHardening.disableCoreDumps()
        try SecureHeap.prepare(bytes: 1 << 16)
    }
}
