// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Something in the store that is not as it has to be.
public struct VerificationFinding: Hashable, Sendable {
    /// The record; `nil` for what belongs to none.
    public let tag: SessionTag?
    /// What is wrong, in a few words.
    public let reason: String
}
