// SPDX-License-Identifier: Apache-2.0

/// How far an administrator's removal of expired sessions has come.
public struct CollectionProgress: Hashable, Sendable {
    /// Records looked at.
    public var done = 0
    /// Records that were due when it began.
    public var total = 0
    /// How many were removed; others are in use, or were used since they were filed.
    public var removed = 0
}
