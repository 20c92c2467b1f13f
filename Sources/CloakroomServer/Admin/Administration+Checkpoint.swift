// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomCrypto
import CloakroomSessions
import CloakroomStore
import Glibc

extension Administration {
    /// Makes checkpoints, and removes them when the connection has ended.
    ///
    /// - Throws: `StoreError` when one could not be made; ``AdminError`` when another administrator has some.
    func checkpoint(_ pools: [AdministeredPool], _ replies: any AdminReplies) async throws -> AdminReply {
        try await checkpoints.withTurn {
            var needs: [PoolNeeds] = []
            for pool in pools where replies.areTaken {
                replies.report(WorkStep(pool: pool.name.text, phase: .countingKeys, done: 0))
                needs.append(try await PoolNeeds(of: pool))
            }
            let time = UInt64(clamping: Glibc.time(nil))
            let directories = try await checkpoints.make(of: pools.map(\.name))
            let made = zip(needs, directories).map { needs, directory in
                CheckpointSummary.Pool(
                    pool: needs.pool.name.text,
                    directory: directory,
                    keys: needs.keys(),
                    sessions: needs.pool.sessions.usage.map { Int(clamping: $0.sessions) }
                )
            }
            try await replies.send(.checkpoint(CheckpointSummary(time: time, pools: made)))
            await replies.end()
            // Nobody gets this.
            return .error(AdminError(.failed, "the connection has ended, and the checkpoint with it"))
        }
    }
}

/// Which keys the records of a pool need.
private struct PoolNeeds {
    let pool: AdministeredPool
    private let found: Set<String>
    private let sealing: String?

    /// Looks at all records. Some may be written meanwhile, by the key that seals then.
    init(of pool: AdministeredPool) async throws {
        self.pool = pool
        sealing = pool.sessions.keyIDs.first?.description
        let reports = try await pool.sessions.keyReports()
        found = Set(reports.filter { $0.records > 0 || $0.sealsAddressKey }.map(\.id.description))
    }

    /// With the key that seals now.
    func keys() -> [String] {
        found.union([sealing, pool.sessions.keyIDs.first?.description].compactMap(\.self)).sorted()
    }
}
