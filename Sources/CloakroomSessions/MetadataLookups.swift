// SPDX-License-Identifier: Apache-2.0

/// How often the metadata of a session were needed.
public struct MetadataLookups: Hashable, Sendable {
    /// They were in memory.
    public internal(set) var hits = 0
    /// They had to be read from the store, or were not there either.
    public internal(set) var misses = 0
}
