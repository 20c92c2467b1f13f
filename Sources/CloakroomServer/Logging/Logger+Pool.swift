// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import Logging

extension Logger {
    /// The logger for what happens in a pool: each line names it, unless it is the standard pool.
    public func naming(_ pool: PoolName) -> Logger {
        guard pool != .standard else { return self }
        var logger = self
        logger[metadataKey: "pool"] = "\(pool)"
        return logger
    }
}
