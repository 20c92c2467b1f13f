// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many files the process may have open (getrlimit(2), `RLIMIT_NOFILE`).
public enum DescriptorLimit {
    /// The files that the store of a pool has open, at most.
    static let store = 256
    /// Sockets, logs and pipes.
    static let rest = 256

    /// Descriptors that are kept from connections.
    static func reserve(pools: Int) -> Int { store * pools + rest }

    /// Raises the limit as far as `connections` and the stores of the pools need it and the system allows, and answers the number
    /// of connections that there are descriptors for.
    public static func prepare(connections: Int, pools: Int) -> Int {
        let reserve = reserve(pools: pools)
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return connections }
        let needed = rlim_t(connections + reserve)
        if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
            var raised = rlimit(rlim_cur: min(needed, limit.rlim_max), rlim_max: limit.rlim_max)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        let available = Int(clamping: limit.rlim_cur)
        // With a very low limit, half of it.
        return min(connections, max(available - reserve, available / 2))
    }
}
