// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import Glibc

/// The clock by which compaction drops what has expired. It is to be the one that sessions expire by.
public final class CompactionClock: Sendable {
    /// The time, asked on RocksDB's threads, once for each record of a compaction.
    let now: @Sendable () -> UnixTime

    /// A clock that asks `now`.
    public init(_ now: @escaping @Sendable () -> UnixTime) { self.now = now }

    /// The system's (clock_gettime(2), `CLOCK_REALTIME`).
    public static var system: CompactionClock {
        CompactionClock {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return UnixTime(seconds: UInt64(max(now.tv_sec, 0)))
        }
    }
}
