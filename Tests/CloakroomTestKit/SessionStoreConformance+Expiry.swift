// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Synchronization
import Testing

extension SessionStoreConformance {
    static let expiryChecks: [Check] = [
        Check("entries are ordered by slot, then by address", order),
        Check("entries are bounded by time, which is included", bound),
        Check("entries are limited", limit),
        Check("a moved slot leaves exactly one entry", move),
        Check("an unchanged slot leaves exactly one entry", stay),
        Check("another size under the same slot leaves exactly one entry, of that size", resize),
        Check("a filing is told by address and slot", filings),
        Check("usage is what was filed at the start, whatever was written since", usage),
        Check("an entry before a swept slot is found", earlierThanSwept),
        Check("a sweep in batches meets every entry once", sweep),
        Check("entries written during sweeps are not lost", sweepUnderWrites),
    ]

    private static func order(_ store: any SessionStore) async throws {
        let slots: [UInt64] = [300, 2, 256, 255, 1 << 40, 2]
        for (number, slot) in slots.enumerated() {
            try store.apply(StoreSamples.update(number, metadata: [1], body: [2], expiry: slot))
        }
        let expected = slots.enumerated().map { StoreSamples.entry($0.offset, at: $0.element) }.sorted {
            $0.slot == $1.slot ? $0.address.bytes.lexicographicallyPrecedes($1.address.bytes) : $0.slot < $1.slot
        }
        #expect(try store.expiryEntries(through: end, limit: 100) == expected)
    }

    private static func bound(_ store: any SessionStore) async throws {
        for slot in UInt64(10)...12 {
            try store.apply(StoreSamples.update(Int(slot), metadata: [1], body: [2], expiry: slot))
        }
        func slots(through time: UInt64) async throws -> [UInt64] {
            try store.expiryEntries(through: UnixTime(seconds: time), limit: 9).map(\.slot.time.seconds)
        }
        #expect(try await slots(through: 9) == [])
        #expect(try await slots(through: 10) == [10])
        #expect(try await slots(through: 11) == [10, 11])
        #expect(try await slots(through: .max) == [10, 11, 12])
        // A later look at an earlier time is answered as the first one was.
        #expect(try await slots(through: 10) == [10])
    }

    private static func limit(_ store: any SessionStore) async throws {
        for number in 0..<5 {
            try store.apply(
                StoreSamples.update(number, metadata: [1], body: [2], expiry: UInt64(10 + number))
            )
        }
        let all = try store.expiryEntries(through: end, limit: .max)
        #expect(all.count == 5)
        #expect(try store.expiryEntries(through: end, limit: 0) == [])
        #expect(try store.expiryEntries(through: end, limit: 1) == Array(all.prefix(1)))
        #expect(try store.expiryEntries(through: end, limit: 4) == Array(all.prefix(4)))
    }

    private static func move(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.apply(StoreSamples.update(1, metadata: [1], body: nil, previous: 10, expiry: 20))
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(1, at: 20)])
        try store.apply(StoreSamples.update(1, metadata: [1], body: [3], previous: 20, expiry: 5))
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(1, at: 5)])
    }

    private static func stay(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], previous: 10, expiry: 10))
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(1, at: 10)])
    }

    private static func resize(_ store: any SessionStore) async throws {
        var previous: ExpiryFiling?
        for kibibytes in [1, 0, 255, 256, 1 << 31, UInt32.max, 7] {
            let filing = StoreSamples.filing(10, kibibytes: kibibytes)
            let update = RecordUpdate(
                address: StoreSamples.address(1),
                metadata: [1],
                body: nil,
                previousExpiry: previous,
                expiry: filing
            )
            try store.apply(update)
            previous = filing
            let entry = StoreSamples.entry(1, at: 10, kibibytes: kibibytes)
            #expect(try store.expiryEntries(through: end, limit: 9) == [entry])
            #expect(try store.filing(of: entry.address, under: entry.slot) == filing)
        }
    }

    private static func filings(_ store: any SessionStore) async throws {
        let (one, two) = (StoreSamples.address(1), StoreSamples.address(2))
        #expect(try store.filing(of: one, under: StoreSamples.slot(10)) == nil)
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10, kibibytes: 5))
        #expect(
            try store.filing(of: one, under: StoreSamples.slot(10)) == StoreSamples.filing(10, kibibytes: 5)
        )
        #expect(try store.filing(of: one, under: StoreSamples.slot(11)) == nil)
        #expect(try store.filing(of: two, under: StoreSamples.slot(10)) == nil)
        try store.apply(
            StoreSamples.update(1, metadata: [1], body: nil, previous: 10, expiry: 11, kibibytes: 5)
        )
        #expect(try store.filing(of: one, under: StoreSamples.slot(10)) == nil)
        #expect(
            try store.filing(of: one, under: StoreSamples.slot(11)) == StoreSamples.filing(11, kibibytes: 5)
        )
        try store.remove(one, expiry: StoreSamples.slot(11))
        #expect(try store.filing(of: one, under: StoreSamples.slot(11)) == nil)
    }

    private static func usage(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        #expect(try await store.usage() == StoreUsage())
        try store.apply(StoreSamples.update(2, metadata: [1], body: [2], expiry: 10))
        #expect(try await store.usage() == StoreUsage())
    }

    private static func earlierThanSwept(_ store: any SessionStore) async throws {
        #expect(try store.expiryEntries(through: UnixTime(seconds: 1000), limit: 9) == [])
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 500))
        #expect(
            try store.expiryEntries(through: UnixTime(seconds: 1000), limit: 9) == [
                StoreSamples.entry(1, at: 500)
            ]
        )
        try store.apply(StoreSamples.update(2, metadata: [1], body: [2], expiry: 499))
        #expect(
            try store.expiryEntries(through: UnixTime(seconds: 499), limit: 9) == [StoreSamples.entry(2, at: 499)]
        )
    }

    private static func sweep(_ store: any SessionStore) async throws {
        for number in 0..<200 {
            try store.apply(
                StoreSamples.update(number, metadata: [1], body: [2], expiry: UInt64(100 + number / 50))
            )
        }
        var met: [ExpiryEntry] = []
        while true {
            let batch = try store.expiryEntries(through: end, limit: 7)
            guard !batch.isEmpty else { break }
            for entry in batch { try store.remove(entry.address, expiry: entry.slot) }
            met += batch
        }
        #expect(met.count == 200)
        #expect(Set(met).count == 200)
    }

    private final class Done: Sendable {
        let writers = Atomic<Int>(0)
    }

    private static func sweepUnderWrites(_ store: any SessionStore) async throws {
        let total = 2000
        let writers = 4
        let done = Done()
        try await withThrowingTaskGroup(of: Set<ExpiryEntry>.self) { group in
            for part in 0..<writers {
                group.addTask {
                    defer { done.writers.add(1, ordering: .releasing) }
                    for number in stride(from: part, to: total, by: writers) {
                        // Later numbers have earlier slots, so that each is written before what was just swept.
                        let slot = UInt64(total - number)
                        try store.apply(StoreSamples.update(number, metadata: [1], body: nil, expiry: slot))
                    }
                    return []
                }
            }
            group.addTask {
                var met: Set<ExpiryEntry> = []
                while met.count < total / 2 {
                    let areWritten = done.writers.load(ordering: .acquiring) == writers
                    let entries = try store.expiryEntries(through: end, limit: 10)
                    // What is not found once all are written will not be found at all.
                    if entries.isEmpty, areWritten { break }
                    for entry in entries {
                        try store.remove(entry.address, expiry: entry.slot)
                        met.insert(entry)
                    }
                    await Task.yield()
                }
                return met
            }
            var met: Set<ExpiryEntry> = []
            for try await part in group { met.formUnion(part) }
            met.formUnion(try store.expiryEntries(through: end, limit: .max))
            #expect(met.count == total)
        }
    }
}
