// SPDX-License-Identifier: Apache-2.0

import CloakroomGate

extension GateAnswer {
    /// The answer to a request for the status that came through TCP.
    static let statusRefused = GateAnswer(
        status: 403,
        headers: [("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store")],
        body: Array(
            "The status is only shown through the Unix socket of cloakroom-fcgi: every user of this host can connect to a port.\n"
                .utf8
        )
    )
}
