// SPDX-License-Identifier: Apache-2.0

/// The outcome of sealing a stored value anew under the keyring's first key.
public enum Resealing: Hashable, Sendable {
    /// Another key had sealed it; this is what to store in its place.
    case resealed([UInt8])
    /// It says that the first key sealed it.
    case current
    /// It does not open, and stays as it is.
    case rejected(Rejection)
}
