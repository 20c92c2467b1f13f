// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// A listening socket that PHP connects to.
public struct ClientSocket: Equatable, Sendable {
    /// The file descriptor. Whoever takes it closes it.
    public let descriptor: Int32
    /// The pool that alone can be used through it; `nil`: all.
    public let pool: PoolName?

    /// A socket for one pool or for all.
    public init(descriptor: Int32, pool: PoolName? = nil) {
        self.descriptor = descriptor
        self.pool = pool
    }
}
