// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Testing

extension DaemonProcess {
    /// Writes a session, as PHP does when somebody logs in.
    func logIn(_ session: SessionReference, as user: String? = nil, lifetime: UInt32 = 1440) throws {
        let client = try client()
        let identification = try user.map { Identification.user(try #require(UserName($0.utf8))) }
        let written = try client.ask(
            .write(
                .init(
                    session: session,
                    version: 0,
                    token: 1,
                    lifetime: lifetime,
                    release: true,
                    identification: identification,
                    data: SessionData(Array("a".utf8))
                )
            )
        )
        try #require(written.version != nil)
    }
}

extension GateResponse {
    /// What ALIVE says; `nil` for anything else.
    var alive: Alive? { if case .alive(let alive) = self { alive } else { nil } }
    /// The code of ERROR; `nil` for anything else.
    var error: ErrorCode? { if case .error(let error) = self { error.code } else { nil } }
}
