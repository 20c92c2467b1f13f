// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol

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

extension Response {
    /// Whether the connection ends with it.
    var closesConnection: Bool {
        if case .error(let error) = self { error.code.closesConnection } else { false }
    }
}
