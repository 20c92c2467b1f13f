// SPDX-License-Identifier: Apache-2.0

/// What an acknowledged change survives.
public enum Durability: Hashable, Sendable {
    /// A crash or `kill -9` of the process: the change is in the write-ahead log, in the kernel, before the call returns.
    /// A power failure loses what came after the last ``RocksDBStore/synchronize()``.
    case process
    /// A power failure as well: the write-ahead log is synced (`fdatasync`) before the call returns.
    case power
}
