// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Kills the daemon once so many changes were acknowledged: in the middle of what the other clients are doing.
final class CrashTrigger: Sendable {
    private let pid: Int32
    private let changes: Int
    private let acknowledged = Atomic(0)

    init(pid: Int32, changes: Int) {
        self.pid = pid
        self.changes = changes
    }

    /// How many changes were acknowledged, those included whose answer came after the kill.
    var count: Int { acknowledged.load(ordering: .relaxed) }

    /// Whether the end of a connection is no surprise.
    var isPulled: Bool { count >= changes }

    /// Counts an acknowledged change.
    func add() {
        if acknowledged.add(1, ordering: .relaxed).newValue == changes { kill(pid, SIGKILL) }
    }
}
