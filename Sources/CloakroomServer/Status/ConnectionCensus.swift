// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Synchronization

/// How many connections of PHP there are.
public struct ConnectionCensus: Sendable {
    private let register: ClientRegister
    private let pools: [PoolName: ConnectionCount]

    init(_ register: ClientRegister, _ pools: [PoolName: ConnectionCount]) {
        self.register = register
        self.pools = pools
    }

    /// All of them.
    var all: Int { register.connections }
    /// How many there may be.
    var limit: Int { register.limits.connections }
    /// How many were refused since the start, whoever's they were.
    var refused: Int { register.refused }
    /// Those that have said HELLO in a pool.
    func connections(in pool: PoolName) -> Int { pools[pool]?.value.load(ordering: .relaxed) ?? 0 }
}

/// The number of connections that are in a pool.
final class ConnectionCount: Sendable {
    let value = Atomic<Int>(0)

    func add(_ number: Int) { value.add(number, ordering: .relaxed) }
}
