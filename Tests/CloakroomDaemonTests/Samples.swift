// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

/// A session by its id.
func session(_ id: String) throws -> SessionReference {
    SessionReference(
        name: try #require(SessionName("PHPSESSID".utf8)),
        id: try #require(SessionID(id.utf8))
    )
}
