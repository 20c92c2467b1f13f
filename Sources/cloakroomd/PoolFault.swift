// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// What keeps a pool from being served, and so the daemon from starting.
struct PoolFault: Error, CustomStringConvertible {
    let pool: PoolName
    let cause: any Error

    /// The cause, with the pool's name in front of it.
    var description: String { "pool \(pool): \(cause)" }

    /// Does something for a pool; what is thrown names it, unless it is the standard pool, of which nobody need know.
    static func naming<Result>(_ pool: PoolName, _ body: () throws -> Result) throws -> Result {
        guard pool != .standard else { return try body() }
        do { return try body() } catch { throw PoolFault(pool: pool, cause: error) }
    }
}
