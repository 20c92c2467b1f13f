// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCrypto
import CloakroomServer
import Logging

extension PoolConfiguration {
    /// What an operator wants to know of it, in one line.
    func summary(_ keyring: Keyring) -> String {
        let facts = facts(keyring).map { "\($0.name): \($0.value)" }.joined(separator: "; ")
        return "pool \(name): \(facts)"
    }

    /// The same for the log.
    func metadata(_ keyring: Keyring) -> Logger.Metadata {
        let facts = facts(keyring).map { ($0.name, Logger.MetadataValue.string($0.value)) }
        return Logger.Metadata(uniqueKeysWithValues: facts + [("pool", "\(name)")])
    }

    private func facts(_ keyring: Keyring) -> [(name: String, value: String)] {
        [
            ("users", unixUsers.joined(separator: ", ")), ("groups", unixGroups.joined(separator: ", ")),
            ("socket", socket),
            ("keys", hasOwnKeys ? "\(keyring)" : "derived from the daemon's"),
        ].filter { !$0.1.isEmpty }
    }
}
