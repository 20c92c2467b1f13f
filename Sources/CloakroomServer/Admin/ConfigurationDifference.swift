// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore

/// A setting that has another value than before, or a pool that came or went.
struct ConfigurationDifference: Equatable {
    /// The setting, or the section of the pool, as the file has it.
    let name: String
    /// Whether a reload makes it take effect; else it takes a restart.
    let isReloaded: Bool

    fileprivate init(_ setting: Setting, as name: String) {
        self.name = name
        isReloaded = Setting.keySections.contains(setting.section) || setting.name == "log.level"
    }

    fileprivate init(pool: PoolName) {
        name = "\(Setting.poolSection).\(pool)"
        isReloaded = false
    }
}

extension Configuration {
    /// The configuration that says where the keys of a pool come from: `nil` when there is no such pool, and `.some(nil)` when
    /// the pool has the daemon's.
    func keys(of name: PoolName) -> Configuration?? {
        if name == .standard { return .some(nil) }
        guard let pool = pools.first(where: { $0.name == name }) else { return nil }
        return .some(pool.hasOwnKeys ? pool.configuration : nil)
    }

    /// What is not as it was.
    func differences(from old: Configuration) -> [ConfigurationDifference] {
        let global = Setting.all.filter { $0.read(self) != $0.read(old) }
            .map { ConfigurationDifference($0, as: $0.name) }
        let names = Set(pools.map(\.name)).symmetricDifference(old.pools.map(\.name)).sorted()
        let ofPools = pools.flatMap { pool in
            old.pools.first { $0.name == pool.name }.map { pool.differences(from: $0) } ?? []
        }
        return global + names.map { ConfigurationDifference(pool: $0) } + ofPools
    }
}

extension PoolConfiguration {
    /// What is not as it was, of what the pool sets for itself or did.
    fileprivate func differences(from old: PoolConfiguration) -> [ConfigurationDifference] {
        Setting.ofPools.filter { own.contains($0.name) || old.own.contains($0.name) }
            .filter { $0.read(configuration) != $0.read(old.configuration) }
            .map { ConfigurationDifference($0, as: fileName(of: $0)) }
    }
}
