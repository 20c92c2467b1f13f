// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomRocksDB
import CloakroomSessions
import CloakroomStore
import Logging

/// The daemon without its sockets: a store in a temporary directory, a sealer and the rules over both.
final class DaemonParts: Sendable {
    let sealer: SessionSealer
    let store: RocksDBStore
    let clock = ManualClock()
    let service: SessionService

    init() throws {
        store = try RocksDBStore(directory: TemporaryDirectory.make() + "/state", durability: .process)
        sealer = try Samples.sealer(for: store)
        service = Self.service(over: store, sealer, clock)
    }

    deinit { store.close() }

    static func service(
        over store: some SessionStore,
        _ sealer: SessionSealer,
        _ clock: ManualClock
    ) -> SessionService {
        SessionService(
            store: store,
            sealer: sealer,
            rules: SessionRules(
                maximumData: Samples.maximumData,
                lockWait: Samples.wait,
                lockHold: .seconds(600),
                maximumWaiters: 64
            ),
            clock: clock,
            logger: Logger(label: "micro", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }
}
