// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import Testing

/// A session by its id.
func session(_ id: String) throws -> SessionReference {
    SessionReference(
        name: try #require(SessionName("PHPSESSID".utf8)),
        id: try #require(SessionID(id.utf8))
    )
}

extension Response {
    /// The version of FOUND or WRITTEN; `nil` for anything else.
    var version: UInt64? {
        switch self {
        case .found(let version, _), .written(let version): version
        default: nil
        }
    }

    /// The contents of FOUND; `nil` for anything else.
    var data: [UInt8]? {
        guard case .found(_, let data) = self else { return nil }
        return data.bytes
    }

    /// The code of ERROR; `nil` for anything else.
    var error: ErrorCode? {
        guard case .error(let error) = self else { return nil }
        return error.code
    }
}
