// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

extension SessionRecords {
    /// What the metadata of a record say.
    enum Look: Sendable {
        /// There is a session, and it is alive.
        case alive(OpenedMetadata)
        case absent(Absence)
    }

    /// Opens a session's metadata only: whether its contents are there and open is not seen. The caller holds the latch.
    func look(at address: SessionAddress) throws -> Look {
        switch try knownMetadata(at: address) {
        case .none: return .absent(.unknown)
        case .unreadable: return .absent(.unreadable)
        case .opened(let opened):
            return opened.metadata.end(now: clock.now(), lifetimes).map { .absent(Absence($0)) } ?? .alive(opened)
        }
    }
}
