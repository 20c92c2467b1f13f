// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// The names of a pool's counts by what they say, in the order in which they are shown.
enum PoolCounts {
    /// What reads found.
    static let reads = ["found", "absent"]
    /// What checks of the gate found.
    static let checks = ["admitted", "turnedAway"]
    /// What became of sessions.
    static let changes = ["created", "adopted", "updated", "touched", "destroyed", "expired"]
    /// Why requests were refused, or not carried out.
    static let refusals = PoolStatus.refusals
}
