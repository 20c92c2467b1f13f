// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What can be told of a sealed body without its key.
public struct StoredBody: Hashable, Sendable {
    /// Whose it is.
    public let address: SessionAddress
    /// What it begins with; `nil` when that is no header.
    public let header: RecordHeader?
    /// Its number of bytes, sealed.
    public let length: Int

    /// Describes a body.
    public init(at address: SessionAddress, _ value: some Collection<UInt8>) {
        self.address = address
        header = RecordHeader(of: value)
        length = value.count
    }
}
