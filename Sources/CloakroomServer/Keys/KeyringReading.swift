// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto

/// What the sources of a keyring gave.
public struct KeyringReading: Sendable {
    /// The sources.
    public let source: KeyringSource
    /// The keys, in order, with the source of each.
    public let entries: [KeyringSource.Entry]
    /// The keys.
    public let keyring: Keyring

    /// Reads all keys. Blocks for as long as commands take.
    ///
    /// - Throws: as ``KeyringSource/read()``.
    public init(_ source: KeyringSource) throws {
        self.source = source
        entries = try source.entries()
        keyring = try Keyring(entries.map(\.key))
    }

    /// Where a key came from, as an operator knows it.
    func origin(of id: KeyID) -> String? { entries.first { $0.key.id == id }.map { "\($0.source)" } }
}
