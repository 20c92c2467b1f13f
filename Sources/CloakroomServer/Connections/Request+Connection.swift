// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import CloakroomSessions

// What a connection has to know of what it passes on.

extension Request {
    /// Whether the client goes on without an answer.
    var isDeferred: Bool {
        if case .write(let write) = self { write.deferred } else { false }
    }

    /// Whether there is no use in carrying it out when nobody takes the answer.
    var isForItsAnswer: Bool {
        switch self {
        // A token that nobody takes would be lost, and the one before it worth nothing.
        case .read, .collect, .ping, .sessions, .remember, .redeem: true
        case .hello, .write, .touch, .release, .destroy, .retire, .end, .forget, .adopt: false
        }
    }
}

extension Request {
    /// Which latencies it counts for; `nil` for what is the connection's own.
    var latencyKind: RequestLatencies.Kind? {
        switch self {
        case .hello: nil
        case .read(let read): read.lock ? .lockedRead : .read
        case .write: .write
        case .touch: .touch
        case .destroy, .retire: .destroy
        case .release, .collect, .ping, .sessions, .end, .remember, .redeem, .forget, .adopt: .other
        }
    }
}

extension Response {
    /// Whether the connection ends with it.
    var closesConnection: Bool {
        if case .error(let error) = self { error.code.closesConnection } else { false }
    }
}
