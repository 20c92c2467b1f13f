// SPDX-License-Identifier: Apache-2.0

/// Which keys a pool has, and where they come from; never a key.
public struct KeyringSummary: Equatable, Sendable, Codable {
    /// The pool's name.
    public let pool: String
    /// The ids of the keys, the sealing one first.
    public let keys: [String]
    /// Where they come from, in order, as an operator knows the sources.
    public let sources: [String]
    /// The file that the first key can be added to, if there is one.
    public let editableFile: String?
    /// Whether a reload reads the sources anew; otherwise it takes a restart.
    public let reloads: Bool
    /// Whether a rotation is under way.
    public let rotating: Bool

    /// Describes a keyring.
    public init(
        pool: String,
        keys: [String],
        sources: [String],
        editableFile: String?,
        reloads: Bool,
        rotating: Bool
    ) {
        self.pool = pool
        self.keys = keys
        self.sources = sources
        self.editableFile = editableFile
        self.reloads = reloads
        self.rotating = rotating
    }
}
