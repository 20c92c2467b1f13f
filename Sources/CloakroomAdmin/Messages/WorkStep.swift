// SPDX-License-Identifier: Apache-2.0

/// How far work is that takes a while.
public struct WorkStep: Equatable, Sendable, Codable {
    /// What is being done.
    public enum Phase: String, Equatable, Sendable, Codable {
        /// Records are sealed by the new key.
        case resealing
        /// What was replaced is removed from the disk.
        case compacting
        /// Sessions of another handler are taken over.
        case importing
        /// Sessions are looked for.
        case listing
        /// Expired sessions are removed.
        case collecting
        /// Sessions are ended.
        case ending
        /// Records are checked.
        case verifyingRecords
        /// The expiry index is checked.
        case verifyingExpiry
        /// The groups of users are checked.
        case verifyingGroups
        /// Which keys records need is found out.
        case countingKeys
        /// Files are copied; counted in bytes.
        case copying
        /// Files are compared with what is known of them; counted in bytes.
        case comparing
    }

    /// The pool's name.
    public let pool: String
    /// What is being done.
    public let phase: Phase
    /// How many records have been looked at, or bytes.
    public let done: Int
    /// How many there are, if that is known.
    public let total: Int?
    /// How many of those looked at were changed, where that is what it is about.
    public let changed: Int?

    /// Describes a step.
    public init(pool: String, phase: Phase, done: Int, total: Int? = nil, changed: Int? = nil) {
        self.pool = pool
        self.phase = phase
        self.done = done
        self.total = total
        self.changed = changed
    }
}
