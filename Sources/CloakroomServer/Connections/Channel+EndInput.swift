// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

extension Channel {
    /// Ends what a connection receives, in such a way that nothing is lost unnoticed: what the client could send until now is
    /// still read, after which the connection closes, and a client that sends more is told so by the kernel. Called on the
    /// channel's event loop.
    func endInput() {
        let isShut = try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            shutdown($0, Int32(SHUT_RD)) == 0
        }
        if isShut != true { close(promise: nil) }
    }
}
