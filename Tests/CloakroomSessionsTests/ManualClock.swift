// SPDX-License-Identifier: Apache-2.0

import CloakroomSessions
import Synchronization

/// A clock that stands still until it is told otherwise.
final class ManualClock: SessionClock {
    private let time = Atomic<UInt64>(1_700_000_000_000_000)

    func microseconds() -> UInt64 { time.load(ordering: .sequentiallyConsistent) }

    func advance(seconds: UInt64) { time.add(seconds * 1_000_000, ordering: .sequentiallyConsistent) }

    func goBack(seconds: UInt64) { time.subtract(seconds * 1_000_000, ordering: .sequentiallyConsistent) }
}
