// SPDX-License-Identifier: Apache-2.0

/// Why a stored value was not opened.
public enum Rejection: Hashable, Sendable {
    /// It is shorter than any value of its kind.
    case truncated
    /// Its format is not one that this version reads; or it is no sealed value at all.
    case unknownFormat
    /// It was sealed under a master key that is not in the keyring.
    case unknownKey(KeyID)
    /// It was altered, moved, exchanged for an older one, or sealed under another key.
    case notAuthentic
}

extension Rejection: CustomStringConvertible {
    /// A few words for a log.
    public var description: String {
        switch self {
        case .truncated: "truncated"
        case .unknownFormat: "unknown format"
        case .unknownKey(let id): "sealed under the unknown key \(id)"
        case .notAuthentic: "not authentic"
        }
    }
}
