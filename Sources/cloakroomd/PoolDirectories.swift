// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import Foundation
import Logging

/// The state directories of the pools beside `default`, which are in `pools` below the daemon's.
struct PoolDirectories {
    private let parent: String
    /// Directories of pools that are not configured.
    private let strangers: [String]

    /// Makes the directory that they are in, if there are any.
    ///
    /// - Throws: `StoreError` when it cannot be made, or others could read it.
    init(in state: String, for pools: [PoolName]) throws {
        parent = pools.isEmpty ? state + "/pools" : try StateDirectory(preparing: state + "/pools").path
        let names = Set(pools.map(\.text))
        let found = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        strangers = found.filter { !names.contains($0) }.sorted()
    }

    /// The state directory of a pool.
    func directory(of pool: PoolName) -> String { "\(parent)/\(pool)" }

    /// Says which directories belong to no pool. They are left alone: a pool may be gone by mistake.
    func report(_ logger: Logger) {
        for name in strangers {
            logger.notice(
                "there is a directory of a pool that is not configured, and it is left as it is; remove it if the pool is gone",
                metadata: ["directory": "\(parent)/\(name)"]
            )
        }
    }
}
