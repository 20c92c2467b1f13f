// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions

/// A clock that stands still, so that expiry entries move in no run or in each.
struct FixedClock: SessionClock {
    func microseconds() -> UInt64 { Samples.time.seconds * 1_000_000 }
}
