// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto
public import CloakroomStore

// What an operator may want to know at any time. Nothing of it reads the store.

extension SessionService {
    /// How many locks are held and waited for.
    public func lockSummary() -> LockSummary { locks.summary() }

    /// How often metadata were needed since the start, and how often they were in memory.
    public var metadataLookups: MetadataLookups { records.cache.lookups }

    /// The keys that records needed in the last hour and that are not in the keyring.
    public var missingKeys: [KeyID] {
        let known = keyIDs
        return records.missingKeys.recent().filter { !known.contains($0) }
    }

    /// How the store is.
    public func storeHealth() -> StoreHealth { records.store.health() }
}
