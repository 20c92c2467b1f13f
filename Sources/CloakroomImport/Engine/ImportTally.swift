// SPDX-License-Identifier: Apache-2.0

/// How many sessions came to which end.
public struct ImportTally: Equatable, Sendable {
    /// Taken over now.
    public internal(set) var imported = 0
    /// Would be taken over.
    public internal(set) var importable = 0
    /// Had been taken over before.
    public internal(set) var present = 0
    /// Had no contents.
    public internal(set) var empty = 0
    /// Were over.
    public internal(set) var ended = 0
    /// What earlier imports had left.
    public internal(set) var remains = 0
    /// Originals that are gone.
    public internal(set) var removed = 0
    /// What was left, by reason.
    public internal(set) var left: [ImportReason.Code: Int] = [:]
    /// Whether it stopped before the end.
    public internal(set) var isInterrupted = false

    /// How many were looked at.
    public internal(set) var done = 0

    /// How many were left.
    public var leftInAll: Int { left.values.reduce(0, +) }

    /// Nothing yet.
    public init() {}
}

extension ImportTally: Encodable {
    private enum CodingKeys: String, CodingKey {
        case imported, importable, present, empty, ended, remains, removed, left, interrupted
    }

    /// Writes all counts.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(imported, forKey: .imported)
        try fields.encode(importable, forKey: .importable)
        try fields.encode(present, forKey: .present)
        try fields.encode(empty, forKey: .empty)
        try fields.encode(ended, forKey: .ended)
        try fields.encode(remains, forKey: .remains)
        try fields.encode(removed, forKey: .removed)
        let texts = left.map { ($0.key.rawValue, $0.value) }
        try fields.encode(Dictionary(uniqueKeysWithValues: texts), forKey: .left)
        try fields.encode(isInterrupted, forKey: .interrupted)
    }
}
