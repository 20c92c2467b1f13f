// SPDX-License-Identifier: Apache-2.0

/// A listening socket that web servers connect to.
struct GateListener: Sendable {
    /// Non-blocking, closed on exec.
    let descriptor: Int32
    /// Whether any user of this host can connect to it, as is the case for TCP; the status is not for all of them.
    let isOpenToAll: Bool
    /// Whether the queue of connections goes with the process, so that it has to be emptied first.
    let isOwn: Bool
}
