// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore
import CloakroomServer

/// The keys of each pool: its own, or the daemon's, which are read once.
struct PoolKeyrings {
    private let standard: KeyringReading
    private let own: [PoolName: KeyringReading]

    /// Reads the keys of all pools.
    init(_ configuration: Configuration) throws {
        // All sources before the first is read, see KeyringSource.
        let source = try KeyringSource(configuration)
        let sources = try configuration.pools.filter(\.hasOwnKeys).map { pool in
            (pool.name, try PoolFault.naming(pool.name) { try KeyringSource(pool.configuration) })
        }
        standard = try KeyringReading(source)
        var own: [PoolName: KeyringReading] = [:]
        for (name, source) in sources { own[name] = try PoolFault.naming(name) { try KeyringReading(source) } }
        self.own = own
    }

    /// The keys of a pool. One that has none of its own has keys that are derived for it from the daemon's.
    subscript(_ pool: PoolName) -> KeyringReading { own[pool] ?? standard }
}
