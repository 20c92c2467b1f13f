// SPDX-License-Identifier: Apache-2.0

/// How far a rotation has come.
public struct RotationProgress: Hashable, Sendable {
    /// What it is at.
    public enum Phase: Hashable, Sendable {
        /// It seals records under the first key.
        case resealing
        /// It removes from the store's files what was replaced.
        case compacting
    }

    /// Records looked at.
    public let done: Int
    /// Records that there are; `nil` while they are being counted after the start.
    public let total: Int?
    /// Records sealed anew.
    public let resealed: Int
    /// What it is at.
    public let phase: Phase
}
