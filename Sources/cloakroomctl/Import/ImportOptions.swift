// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomImport

/// Options of every import.
struct ImportOptions: ParsableArguments {
    @Option(help: "The name of the sessions, PHP's session.name.")
    var name = "PHPSESSID"

    @Option(help: "The pool that gets them.")
    var pool = "default"

    @Option(
        help: ArgumentHelp(
            "How long sessions live after their last use: session.gc_maxlifetime of the PHP that made them.",
            valueName: "seconds"
        )
    )
    var lifetime: UInt32 = 1440

    @Flag(help: "Leave the originals where they are.")
    var keep = false

    @Flag(help: "Also remove the originals of sessions that are over: expired, or ended since in Cloakroom.")
    var removeEnded = false

    @Flag(help: "Change nothing; ask the daemon what would become of each session.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if keep, removeEnded { throw ValidationError("--keep leaves what --remove-ended removes: give one of them") }
        guard (1...255).contains(name.utf8.count) else { throw ValidationError("a session name has 1 to 255 bytes") }
    }

    var importer: Importer.Options {
        var options = Importer.Options(pool: pool, name: name)
        options.isDryRun = dryRun
        options.keepsOriginals = keep
        options.removesEnded = removeEnded
        return options
    }
}
