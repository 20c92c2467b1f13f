// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSystem

/// What is known of the connection that has a descriptor. All slots exist from the start; a connection comes and goes.
final class ConnectionSlot: Sendable {
    /// Who may use the descriptor.
    enum Phase {
        /// There is no connection.
        case free
        /// Nobody does: the kernel is asked to tell when bytes come. It is closed when the deadline is over.
        case waiting
        /// A thread does.
        case working
        /// A thread sends an answer. Whoever finds the deadline over ends the connection, which ends the sending.
        case answering
    }

    /// How the kernel tells of bytes (epoll_ctl(2)).
    enum Notice {
        /// It does not.
        case none
        /// Once.
        case once
        /// Each time that more come.
        case each
    }

    struct State {
        var phase = Phase.free
        var deadline = MonotonicTime.never
        var notice = Notice.none
        /// Whether a request was answered on the connection, and none has begun since.
        var isIdle = false
        /// Whether a request has begun that is not there as a whole.
        var isPartial = false
        /// Whether bytes came while a thread worked.
        var hasNews = false
        /// Whether the web server sends nothing more.
        var isEnded = false
        var isOpenToAll = false
        /// Which of the connections that had this descriptor it is.
        var generation = 0
    }

    let state = Locked(State())
}
