// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A setting that has another value than before.
struct ConfigurationDifference: Equatable {
    /// The setting as the file has it.
    let name: String
    /// Whether a reload makes it take effect; else it takes a restart.
    let isReloaded: Bool

    fileprivate init(_ setting: Setting, as name: String) {
        self.name = name
        isReloaded = ["key", "previous_key"].contains(setting.section) || setting.name == "log.level"
    }
}

extension Configuration {
    /// The configuration that says where the keys of a pool come from; `nil` when there is no such pool.
    func keys(of pool: PoolName) -> Configuration? { pool == .standard ? self : nil }

    /// What is not as it was.
    func differences(from old: Configuration) -> [ConfigurationDifference] {
        Setting.all.filter { $0.read(self) != $0.read(old) }.map { ConfigurationDifference($0, as: $0.name) }
    }
}
