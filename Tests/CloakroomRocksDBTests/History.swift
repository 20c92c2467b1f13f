// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Testing

/// Changes to a few records, and what a store must hold after any number of them.
struct History {
    /// The number of addresses that are written to.
    static let addresses = 12
    /// The groups that they are in.
    static let groups = (1...3).map { StoreSamples.address(1_000_000 + $0) }

    private enum Change {
        case update(RecordUpdate)
        case removal(SessionAddress, ExpiryFiling)
    }

    /// What a store holds.
    struct Contents: Equatable {
        /// The records there are.
        var records: [SessionAddress: StoredRecord] = [:]
        /// What is filed with them.
        var filings: [SessionAddress: ExpiryFiling] = [:]
        /// The members of each group.
        var members: [SessionAddress: Set<SessionAddress>] {
            var members: [SessionAddress: Set<SessionAddress>] = [:]
            for (address, filing) in filings {
                if let group = filing.group { members[group, default: []].insert(address) }
            }
            return members
        }

        /// Empty.
        init() {}

        /// What a store holds at the addresses of a history.
        init(of store: RocksDBStore) throws {
            for number in 0..<History.addresses {
                let address = StoreSamples.address(number)
                records[address] = try store.record(at: address)
            }
            for entry in try store.expiryEntries(through: UnixTime(seconds: .max), limit: .max) {
                #expect(filings.updateValue(entry.filing, forKey: entry.address) == nil, "two entries for one address")
            }
            for group in History.groups {
                let indexed = Set(try store.members(of: group, after: nil, limit: .max))
                #expect(indexed == members[group] ?? [], "the index is not what the entries say")
            }
        }
    }

    private var changes: [Change] = []
    /// What a store holds after so many changes.
    private(set) var states = [Contents()]

    /// Updates with and without bodies of up to `largest` bytes, and removals.
    init(changes count: Int, largest: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var contents = Contents()
        for version in 1...count {
            let address = StoreSamples.address(Int.random(in: 0..<Self.addresses, using: &generator))
            let previous = contents.filings[address]
            if let previous, Int.random(in: 0..<8, using: &generator) == 0 {
                changes.append(.removal(address, previous))
                contents.records[address] = nil
                contents.filings[address] = nil
            } else {
                let hasBody = previous == nil || Int.random(in: 0..<4, using: &generator) > 0
                let length = Int.random(in: 0...(version % 10 == 0 ? largest : 400), using: &generator)
                let body = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                let update = RecordUpdate(
                    address: address,
                    metadata: StoreSamples.value(Array("version \(version)".utf8)),
                    body: hasBody ? StoreSamples.value(body) : nil,
                    previousExpiry: previous,
                    expiry: StoreSamples.filing(
                        UInt64.random(in: 1000...1100, using: &generator),
                        kibibytes: UInt32.random(in: 1...2, using: &generator),
                        group: (Self.groups + [nil]).randomElement(using: &generator) ?? nil
                    )
                )
                changes.append(.update(update))
                let record = StoredRecord(
                    metadata: update.metadata,
                    body: update.body ?? contents.records[address]?.body
                )
                contents.records[address] = record
                contents.filings[address] = update.expiry
            }
            states.append(contents)
        }
    }

    /// The state after all changes.
    var last: Contents { states[states.count - 1] }

    /// Applies all changes in order; calls `applied` after each.
    func apply(to store: RocksDBStore, applied: () throws -> Void = {}) throws {
        for change in changes {
            switch change {
            case .update(let update): try store.apply(update)
            case .removal(let address, let filing): try store.remove(address, expiry: filing.slot)
            }
            try applied()
        }
    }
}
