// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What stands at an address in the place of metadata.
public struct StoredMetadata: Hashable, Sendable {
    /// Whose it is.
    public let address: SessionAddress
    /// The sealed value.
    public let value: [UInt8]

    /// Joins the two.
    public init(address: SessionAddress, value: [UInt8]) {
        self.address = address
        self.value = value
    }
}
