// SPDX-License-Identifier: Apache-2.0

/// The name of a value that belongs to the store as a whole.
public struct StoreProperty: Hashable, Sendable {
    /// The name, as the engine writes it.
    public let name: String

    /// Names a property.
    public init(_ name: String) { self.name = name }
}
