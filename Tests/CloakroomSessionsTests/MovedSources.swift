// SPDX-License-Identifier: Apache-2.0

import CloakroomSessions
import Synchronization

/// The clocks of a machine, which a test moves.
final class MovedSources: Sendable {
    private let wall: Atomic<UInt64>
    private let elapsed: Atomic<UInt64>

    init(wall: UInt64 = 1_700_000_000, elapsed: UInt64 = 1000) {
        self.wall = Atomic(wall * 1_000_000)
        self.elapsed = Atomic(elapsed * 1_000_000)
    }

    /// What a clock sees of them in a run of the machine.
    func sources(boot: BootID?) -> TimeSources {
        TimeSources(
            wall: { self.wall.load(ordering: .relaxed) },
            elapsed: { self.elapsed.load(ordering: .relaxed) },
            boot: boot
        )
    }

    func advance(seconds: UInt64) {
        wall.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
        elapsed.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
    }

    /// Sets the wall clock.
    func jump(seconds: Int64) { wall.wrappingAdd(UInt64(bitPattern: seconds * 1_000_000), ordering: .relaxed) }

    /// Starts the machine anew, after it was off for so long.
    func reboot(off seconds: UInt64) {
        wall.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
        elapsed.store(20_000_000, ordering: .relaxed)
    }
}
