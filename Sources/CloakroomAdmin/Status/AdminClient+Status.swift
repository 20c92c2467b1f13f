// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

extension AdminClient {
    /// Asks how the daemon and its pools are.
    ///
    /// - Parameter pool: the pool that is meant; `nil`: all.
    /// - Throws: ``AdminClientError``.
    public func status(pool: String? = nil) throws(AdminClientError) -> StatusReport {
        var pools: [PoolStatus] = []
        let last = try ask(.status(StatusRequest(pool: pool))) { reply in
            if case .status(.pool(let status)) = reply { pools.append(status) }
        }
        guard case .status(.daemon(let daemon)) = last else {
            throw AdminClientError(
                .malformed,
                "the daemon's answer is not one to this request: use the cloakroomctl that came with it"
            )
        }
        return StatusReport(daemon: daemon, pools: pools)
    }
}
