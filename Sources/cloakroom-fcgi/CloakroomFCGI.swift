// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore

/// The command line of the gate.
@main
struct CloakroomFCGI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroom-fcgi",
        abstract: "Tells a web server whether a request's session is valid, and shows the daemon's status.",
        version: ProductVersion.current
    )
}
