// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore

extension Operation {
    /// RocksDB: records of 2 KiB as the rules store them.
    static let stores = [
        Operation("store: put 2 KiB") {
            let daemon = try DaemonParts()
            let updates = try Samples.updates(daemon.sealer)
            return { for number in 0..<$0 { try daemon.store.apply(updates[number % updates.count]) } }
        },
        looking("store: get 2 KiB, in memory", compacting: false),
        looking("store: get 2 KiB, in tables", compacting: true),
    ]

    private static func looking(_ name: String, compacting: Bool) -> Operation {
        Operation(name) {
            let daemon = try DaemonParts()
            let updates = try Samples.updates(daemon.sealer)
            for update in updates { try daemon.store.apply(update) }
            if compacting { try daemon.store.compact() }
            let addresses = updates.map(\.address)
            return {
                for number in 0..<$0 where try daemon.store.body(at: addresses[number % addresses.count]) == nil {
                    throw WorkloadError("expected a stored body")
                }
            }
        }
    }
}
