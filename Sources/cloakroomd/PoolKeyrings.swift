// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomServer

/// The keyring of each pool: its own, or the daemon's, which is read once.
struct PoolKeyrings {
    private let standard: Keyring
    private let own: [PoolName: Keyring]

    /// Reads the keys of all pools.
    init(_ configuration: Configuration) throws {
        standard = try Self.read(configuration)
        var own: [PoolName: Keyring] = [:]
        for pool in configuration.pools where pool.hasOwnKeys {
            own[pool.name] = try PoolFault.naming(pool.name) { try Self.read(pool.configuration) }
        }
        self.own = own
    }

    /// The keys of a pool. One that has none of its own has keys that are derived for it from the daemon's.
    subscript(_ pool: PoolName) -> Keyring { own[pool] ?? standard }

    private static func read(_ configuration: Configuration) throws -> Keyring {
        let source = try KeySource.select(configuration)
        do {
            return try Keyring([try MasterKey(contents: try source.contents())])
        } catch let error as CryptoError {
            throw CryptoError(error.code, "\(source): \(error.message)")
        }
    }
}
