// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Whether a peer may use a socket at all, before it has said anything.
public enum PoolAccess: Equatable, Sendable {
    /// It may use one or more pools.
    case granted(PoolGrant)
    /// It belongs to no pool.
    case stranger
    /// The socket is tied to this pool, and the peer does not belong to it.
    case otherPool(PoolName)
}

/// The pools that a peer may use on its socket. Which one it is in is settled by its first HELLO.
public struct PoolGrant: Equatable, Sendable {
    /// The pools, at least one, in order.
    public let pools: [PoolName]
    /// The pool of a peer that names none; `nil`: it has to name one.
    public let unnamed: PoolName?
    /// The pool that the socket is tied to.
    private let socket: PoolName?

    /// What a claim comes to.
    public enum Claim: Equatable, Sendable {
        /// The peer is in this pool from now on.
        case pool(PoolName)
        /// It may not be in the pool that it names, for this reason.
        case refused(String)
    }

    /// The grant of a socket that is tied to a pool.
    init(socket: PoolName) {
        self.socket = socket
        pools = [socket]
        unnamed = socket
    }

    /// The grant of a socket that is tied to none.
    ///
    /// - Parameter isPrivileged: whether it is for somebody who may use every pool, and means `default` when he says none.
    init(pools: [PoolName], isPrivileged: Bool) {
        socket = nil
        self.pools = pools
        unnamed = isPrivileged ? .standard : pools.count == 1 ? pools.first : nil
    }

    /// The pool of a peer that says that it is in `claimed`; `nil`: it says none.
    public func pool(claimed: PoolName?) -> Claim {
        guard let claimed else {
            if let unnamed { return .pool(unnamed) }
            let list = pools.map(\.text).joined(separator: ", ")
            return .refused(
                "this process may use several pools (\(list)) and has to name one: set CLOAKROOM_POOL, or append ?pool=NAME to "
                    + "session.save_path"
            )
        }
        if pools.contains(claimed) { return .pool(claimed) }
        if let socket { return .refused("this socket is that of the pool \(socket), and not of \(claimed)") }
        // The same for a pool that there is none of, so that nobody learns the names of others.
        return .refused("this process may not use a pool named \(claimed); see [pools] in the configuration")
    }
}
