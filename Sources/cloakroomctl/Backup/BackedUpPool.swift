// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import CloakroomCore

/// What a backup has of a pool, as it is shown.
struct BackedUpPool: Encodable {
    let pool: String
    let bytes: Int
    let sessions: Int?
    let keys: [String]

    init(_ pool: BackupManifest.Pool) {
        self.pool = pool.name.text
        bytes = pool.bytes
        sessions = pool.sessions
        keys = pool.keys
    }

    var line: String {
        let count = sessions.map { ", " + HumanText.count($0, "session") } ?? ""
        return "pool \(pool): \(ByteText.text(bytes))\(count); needs \(keys.joined(separator: ", "))"
    }
}
