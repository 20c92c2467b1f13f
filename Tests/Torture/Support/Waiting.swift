// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Asks again and again, some milliseconds apart, until the condition is true.
///
/// - Throws: ``Finding`` when it is not within `limit`, and what the condition throws.
func wait(
    for what: String,
    atMost limit: Duration = .seconds(60),
    until condition: () throws -> Bool
) throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while try !condition() {
        try Interruption.check()
        try expect(clock.now < end, "after \(limit), still waiting for \(what)")
        usleep(2_000)
    }
}
