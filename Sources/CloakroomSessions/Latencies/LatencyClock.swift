// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The clock by which latencies are measured: `CLOCK_MONOTONIC` (clock_gettime(2)), which takes 25 ns and no system call (vdso(7)).
public enum LatencyClock {
    /// Nanoseconds since some time before the process began.
    @inline(__always)
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }
}
