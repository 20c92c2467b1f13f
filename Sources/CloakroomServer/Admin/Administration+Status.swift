// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin

extension Administration {
    /// Answers how the pools are, and last how the daemon is.
    func answer(_ request: StatusRequest, _ replies: any AdminReplies) async throws -> AdminReply {
        for pool in try selected(request.pool) {
            try await replies.send(.status(.pool(status.status(of: pool))))
        }
        return .status(.daemon(status.daemon()))
    }
}
