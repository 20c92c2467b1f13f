// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomServer

/// The keys of each pool: its own, or the daemon's, which are read once.
struct PoolKeyrings {
    /// The keys of a pool, and where they came from.
    struct Keys {
        let source: KeyringSource
        let entries: [KeyringSource.Entry]
        let keyring: Keyring

        fileprivate init(_ source: KeyringSource) throws {
            self.source = source
            entries = try source.entries()
            keyring = try Keyring(entries.map(\.key))
        }

        /// Each key, for an operator.
        var lines: [String] {
            entries.enumerated().map { index, entry in
                "\(entry.key) from \(entry.source), \(index == 0 ? "which seals" : "which only opens")"
            }
        }
    }

    private let standard: Keys
    private let own: [PoolName: Keys]

    /// Reads the keys of all pools.
    init(_ configuration: Configuration) throws {
        // All sources before the first key, see KeyringSource.
        let standard = try KeyringSource(configuration)
        let sources = try configuration.pools.filter(\.hasOwnKeys).map { pool in
            (pool.name, try PoolFault.naming(pool.name) { try KeyringSource(pool.configuration) })
        }
        self.standard = try Keys(standard)
        var own: [PoolName: Keys] = [:]
        for (name, source) in sources { own[name] = try PoolFault.naming(name) { try Keys(source) } }
        self.own = own
    }

    /// The keys of a pool. One that has none of its own has keys that are derived for it from the daemon's.
    subscript(_ pool: PoolName) -> Keys { own[pool] ?? standard }
}
