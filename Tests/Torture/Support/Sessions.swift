// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

extension SessionReference {
    /// A session by its id, which is of letters and digits only.
    static func named(_ id: String) -> SessionReference {
        guard let name = SessionName("PHPSESSID".utf8), let id = SessionID(id.utf8) else {
            fatalError("a session id of this suite has a character that PHP does not allow")
        }
        return SessionReference(name: name, id: id)
    }
}
