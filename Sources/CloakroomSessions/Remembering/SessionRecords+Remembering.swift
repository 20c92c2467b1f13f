// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension ExpiryFiling {
    /// What is filed with a family of tokens. It never changes, and neither does the size: with the longest name, in every place where
    /// something stands, it is below 1 KiB.
    init(_ family: TokenFamily, group: SessionAddress) {
        let lifetime = family.deadline.seconds - min(family.created.seconds, family.deadline.seconds)
        self.init(slot: ExpirySlot(deadline: family.deadline, lifetime: lifetime), kibibytes: 1, group: group)
    }
}

extension SessionRecords {
    /// A family of tokens; `nil` when there is none or it does not authenticate. The caller holds the latch, here and below.
    func family(at address: SessionAddress) throws -> TokenFamily? {
        guard let value = try reading(address, { try store.metadata(at: address) }) else { return nil }
        switch try sealer.openFamily(value, at: address, with: sealer.metadataKey(at: address)) {
        case .opened(let family): return family
        case .rejected(let rejection):
            reject(rejection, of: "token", address)
            return nil
        }
    }

    /// The group of the sessions of whose tokens these are; `nil` when the value is no family.
    func user(ofFamily value: [UInt8], at address: SessionAddress) throws -> SessionAddress? {
        switch try sealer.openFamily(value, at: address, with: sealer.metadataKey(at: address)) {
        case .opened(let family): try sealer.group(of: family.user)
        case .rejected: nil
        }
    }

    /// Counts a family that is about to be made, as a session without contents; see ``PoolUsage/admit(_:)``.
    func admit(_ family: TokenFamily) throws -> PoolUsage.Admission { usage.admit(try filing(of: family)) }

    /// Stores a family that is new and was admitted before, or another state of one.
    func put(_ family: TokenFamily, at address: SessionAddress, isNew: Bool) throws {
        let filing = try filing(of: family)
        do {
            try store.apply(
                RecordUpdate(
                    address: address,
                    metadata: try sealer.seal(family, at: address, with: sealer.metadataKey(at: address)),
                    body: nil,
                    previousExpiry: isNew ? nil : filing,
                    expiry: filing
                )
            )
        } catch {
            if isNew { usage.removed(filing) }
            throw error
        }
        statistics.add(.remembered)
    }

    /// Removes a family and its expiry entry.
    func remove(_ family: TokenFamily, at address: SessionAddress) throws {
        let filing = try filing(of: family)
        try store.remove(address, expiry: filing.slot)
        usage.removed(filing)
        statistics.add(.remembered)
    }

    private func filing(of family: TokenFamily) throws -> ExpiryFiling {
        ExpiryFiling(family, group: try sealer.tokenGroup(of: family.user))
    }
}
