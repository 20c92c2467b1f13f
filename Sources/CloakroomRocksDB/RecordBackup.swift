// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// What a change that failed was to replace.
///
/// The change may be in the write-ahead log all the same, as a whole (its sync failed), although the database in memory
/// does not have it. Whoever opens the database again would find it, while everybody was told, and has read since, that it
/// is not there. So what there was before is written again then.
struct RecordBackup {
    private let address: SessionAddress
    private let metadata: [UInt8]?
    private let body: [UInt8]?
    private let filings: [(slot: ExpirySlot, filing: ExpiryFiling?)]
    private let memberships: [(group: SessionAddress, isMember: Bool)]

    /// Reads what is stored at an address and filed for it under some slots, and whether it is a member of some groups.
    ///
    /// - Throws: ``StoreError`` when that cannot be read.
    init(of change: UnfinishedChange, in database: Database) throws(StoreError) {
        address = change.address
        (metadata, body) = try address.withUnsafeBytes { key throws(StoreError) in
            (try database.value(at: key, in: .metadata), try database.value(at: key, in: .body))
        }
        var filings: [(slot: ExpirySlot, filing: ExpiryFiling?)] = []
        for slot in change.slots {
            filings.append((slot, try database.filing(of: change.address, under: slot)))
        }
        self.filings = filings
        var memberships: [(group: SessionAddress, isMember: Bool)] = []
        for group in change.groups { memberships.append((group, try database.isMember(change.address, of: group))) }
        self.memberships = memberships
    }

    /// The keys of the expiry entries that ``restore(in:)`` writes.
    var entries: [ExpiryKey] { filings.filter { $0.filing != nil }.map { ExpiryKey($0.slot, address) } }

    /// Adds what there was to a batch.
    func restore(in batch: borrowing WriteBatch) {
        address.withUnsafeBytes { key in
            Self.restore(metadata, at: key, family: .metadata, in: batch)
            Self.restore(body, at: key, family: .body, in: batch)
        }
        for (slot, filing) in filings {
            ExpiryKey(slot, address).withUnsafeBytes {
                Self.restore(filing?.value, at: $0, family: .expiry, in: batch)
            }
        }
        for (group, isMember) in memberships {
            if isMember { batch.join(group, address) } else { batch.leave(group, address) }
        }
    }

    private static func restore(
        _ value: [UInt8]?,
        at key: UnsafeRawBufferPointer,
        family: ColumnFamily,
        in batch: borrowing WriteBatch
    ) {
        if let value { batch.put(value, at: key, in: family) } else { batch.delete(key, in: family) }
    }
}

/// A change that failed.
struct UnfinishedChange: Sendable {
    /// Whose record it was to change.
    let address: SessionAddress
    /// The slots whose entries it was to write or remove.
    let slots: Set<ExpirySlot>
    /// The groups that the session was to join or leave.
    let groups: Set<SessionAddress>
}

extension UnfinishedChange {
    /// An update that failed.
    init(_ update: RecordUpdate) {
        self.init(
            address: update.address,
            slots: Set([update.expiry.slot, update.previousExpiry?.slot].compactMap(\.self)),
            groups: update.groupsLeft.union([update.groupJoined].compactMap(\.self))
        )
    }

    /// A removal that failed, of a record and what was filed with it.
    init(removalOf address: SessionAddress, slot: ExpirySlot?, group: SessionAddress?) {
        self.init(
            address: address,
            slots: Set([slot].compactMap(\.self)),
            groups: Set([group].compactMap(\.self))
        )
    }
}
