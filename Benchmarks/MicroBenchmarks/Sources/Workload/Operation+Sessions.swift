// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

extension Operation {
    /// What READ, WRITE and TOUCH ask of the rules, on RocksDB.
    static let sessions = [
        session("session: READ") { use in
            try use.read()
            use.release()
        },
        session("session: WRITE 2 KiB", isHeld: true) { try $0.write() },
        session("session: TOUCH, a second later", isHeld: true) { try $0.touch() },
        session("session: TOUCH, a slot later", isHeld: true) { try $0.touchMuchLater() },
        session("session: READ and WRITE 2 KiB") { use in
            try use.read()
            try use.write()
            use.release()
        },
    ]

    /// An operation on sessions that are there, by clients that hold their locks or do not.
    private static func session(
        _ name: String,
        isHeld: Bool = false,
        _ step: @escaping @Sendable (SessionUse) throws -> Void
    ) -> Operation {
        Operation(name) {
            let daemon = try DaemonParts()
            var uses: [SessionUse] = []
            for number in 0..<Samples.sessions {
                let use = try SessionUse(daemon, Samples.session(number))
                if !isHeld { use.release() }
                uses.append(use)
            }
            return { [uses] in for number in 0..<$0 { try step(uses[number % uses.count]) } }
        }
    }
}
