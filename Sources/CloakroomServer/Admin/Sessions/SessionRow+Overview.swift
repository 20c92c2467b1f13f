// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomSessions

extension SessionRow {
    init(_ session: SessionOverview, of pool: PoolName) {
        self.init(
            pool: pool.text,
            tag: session.tag.description,
            user: session.user?.text,
            age: session.age,
            idle: session.idle,
            endsIn: session.endsIn,
            size: session.size,
            network: session.network.isEmpty ? nil : session.network,
            browser: session.browser.isEmpty ? nil : session.browser,
            state: SessionSelection.State(session.state)
        )
    }
}

extension SessionSelection.State {
    init(_ state: SessionState) {
        switch state {
        case .live: self = .live
        case .replaced: self = .replaced
        case .expired: self = .expired
        case .ended: self = .ended
        }
    }
}

extension UserName {
    /// The name as text, for an administrator: what is not UTF-8 is replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
