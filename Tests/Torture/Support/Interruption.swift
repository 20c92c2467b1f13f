// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the scenario is ended by an error, so that daemons, mounts and directories go the usual way.
enum Interruption: Error {
    case requested

    private static let flag = Atomic(false)

    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    static func watch() {
        for number in [SIGINT, SIGTERM] { signal(number) { _ in Interruption.flag.store(true, ordering: .relaxed) } }
        signal(SIGPIPE, SIG_IGN)
    }

    static func check() throws(Interruption) {
        if isRequested { throw .requested }
    }
}
