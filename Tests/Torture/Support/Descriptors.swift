// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The limit on open files.
enum Descriptors {
    /// Raises the limit as far as the system allows; programs that are started from here inherit it.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
