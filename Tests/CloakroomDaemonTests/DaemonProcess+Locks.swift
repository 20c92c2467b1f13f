// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

extension DaemonProcess {
    /// Waits until the daemon has shown so many locks and waiters, such as `held=1 waiting=2`.
    func awaitLocks(_ counts: String) throws {
        let end = Date(timeIntervalSinceNow: 30)
        // Less and less often: the daemon leaves out what it would log for more than 20 times in ten seconds.
        var pause: UInt32 = 10_000
        while !log.contains("locks \(counts)") {
            kill(pid, SIGUSR1)
            usleep(pause)
            pause = min(2 * pause, 1_000_000)
            try #require(Date.now < end, "\(log)")
        }
    }
}
