// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import Synchronization

/// A clock that stands still unless it is set, so that expiry entries move in no run or in each.
final class ManualClock: SessionClock {
    private let seconds = Atomic(Samples.time.seconds)

    func set(_ time: UnixTime) { seconds.store(time.seconds, ordering: .relaxed) }

    func microseconds() -> UInt64 { seconds.load(ordering: .relaxed) * 1_000_000 }
}
