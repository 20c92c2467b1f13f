// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import FuzzDriver

/// Any text as a unit of systemd. What is read of it, written down, is read again as the same.
@main
enum FuzzUnitFile {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        let entries = UnitFile.entries(of: text, file: "/unit")
        for entry in entries {
            precondition(entry.location.line ?? 0 > 0, "a line without a number")
            precondition(!entry.name.contains("="), "a name with the sign behind it")
        }
        let written = entries.map { "[\($0.section)]\n\($0.name)=\($0.value)\n" }.joined()
        let again = UnitFile.entries(of: written, file: "/unit")
        // A value may end with what goes on in the next line, a name begin as a comment.
        let isPlain = entries.allSatisfy { !$0.value.contains("\\") && !"#;[".contains($0.name.first ?? " ") }
        precondition(!isPlain || again.map(\.value) == entries.map(\.value), "another unit when it is read again")
    }
}
