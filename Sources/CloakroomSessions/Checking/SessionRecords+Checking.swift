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
        let opened: OpenedMetadata
        if let cached = cache.lookUp(address) {
            opened = cached
        } else {
            guard let value = try reading(address, { try store.metadata(at: address) }) else {
                return .absent(.unknown)
            }
            guard let fresh = try openMetadata(value, at: address) else { return .absent(.unreadable) }
            opened = fresh
        }
        return opened.metadata.end(now: clock.now(), lifetimes).map { .absent(Absence($0)) } ?? .alive(opened)
    }
}
