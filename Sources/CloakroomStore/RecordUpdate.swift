// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// One atomic change to a session's record.
public struct RecordUpdate: Sendable {
    /// Whose record it is.
    public var address: SessionAddress
    /// The new sealed metadata.
    public var metadata: [UInt8]
    /// The new sealed body, or `nil` to leave the body as it is.
    public var body: [UInt8]?
    /// What was filed with the record before, if it was filed.
    public var previousExpiry: ExpiryFiling?
    /// What is filed with the record from now on.
    public var expiry: ExpiryFiling

    /// Describes a change.
    public init(
        address: SessionAddress,
        metadata: [UInt8],
        body: [UInt8]?,
        previousExpiry: ExpiryFiling?,
        expiry: ExpiryFiling
    ) {
        self.address = address
        self.metadata = metadata
        self.body = body
        self.previousExpiry = previousExpiry
        self.expiry = expiry
    }
}
