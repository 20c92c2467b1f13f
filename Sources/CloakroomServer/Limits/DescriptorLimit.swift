// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many files the process may have open (getrlimit(2), `RLIMIT_NOFILE`).
public enum DescriptorLimit {
    /// Sockets, logs and pipes, and the connections of the gate.
    static let others = 256 + GateServer.mostConnections

    /// Raises the limit as far as `connections` and stores need it and the system allows, and answers the number of connections
    /// that there are descriptors for.
    ///
    /// - Parameter stores: the number of files that stores have open, at most.
    public static func prepare(connections: Int, stores: Int) -> Int {
        let reserve = stores + others
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
