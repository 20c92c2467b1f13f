// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The time of day.
public enum UnixClock {
    /// Unix time in seconds.
    public static func now() -> Int { time(nil) }
}
