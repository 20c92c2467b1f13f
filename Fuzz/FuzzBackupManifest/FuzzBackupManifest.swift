// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import FuzzDriver

/// Any bytes as the manifest of a backup. One that is accepted is written as the same bytes, and its sums do not overflow.
@main
enum FuzzBackupManifest {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let text = [UInt8](input)
        guard let manifest = try? BackupManifest(text: text) else { return }
        guard let again = try? manifest.text() else { preconditionFailure("an accepted manifest cannot be written") }
        precondition(again == text, "an accepted manifest is written as another text")
        precondition(manifest.bytes >= 0, "an accepted manifest has less than nothing")
        for pool in manifest.pools {
            precondition(pool.files.allSatisfy { !$0.name.contains("/") }, "a file in another directory")
        }
    }
}
