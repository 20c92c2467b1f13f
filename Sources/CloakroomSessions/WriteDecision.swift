// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

/// Whether a write may be carried out, given what the store has. Pure logic.
enum WriteDecision {
    /// Make the session anew.
    case create
    /// Replace the contents of what is there.
    case update(SessionMetadata)
    /// It was carried out before, and its answer lost.
    case alreadyWritten(version: UInt64)
    /// Refuse: somebody else wrote meanwhile.
    case conflict
    /// Refuse: the session is not there any more.
    case gone

    /// Decides about a write of what was read as `version` (0 for an absent session), marked with `token`.
    init(version: UInt64, token: UInt64, current: SessionMetadata?, now: UnixTime, _ rules: LifetimeRules) {
        let end = current?.end(now: now, rules)
        guard let current, end != .replaced, end != .destroyed else {
            self = version == 0 ? .create : .gone
            return
        }
        if current.version == version {
            self = .update(current)
        } else if current.writeToken == token, version == 0 || current.version == version + 1 {
            self = .alreadyWritten(version: current.version)
        } else if version == 0, end != nil {
            self = .create
        } else {
            self = .conflict
        }
    }
}
