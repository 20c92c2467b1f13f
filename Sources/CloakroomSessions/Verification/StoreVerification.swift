// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

/// A walk over all that a pool has stored, which reports what does not open or does not fit together. It changes nothing, and requests
/// go on beside it: what looks wrong is looked at again under the record's latch, when nobody is writing it.
struct StoreVerification {
    typealias Pause = (VerificationProgress) async throws -> Void
    typealias Found = (VerificationFinding) async throws -> Void

    private let records: SessionRecords
    private let latches: RecordLatches
    private let check: RecordCheck
    private let pause: Pause
    private let found: Found

    private var pace = WalkPace()
    private var progress = VerificationProgress()
    private var summary = VerificationSummary()
    private var lone = LoneEntries()

    private var store: any SessionStore { records.store }
    private var now: UnixTime { records.clock.now() }

    init(records: SessionRecords, latches: RecordLatches, pause: @escaping Pause, found: @escaping Found) {
        self.records = records
        self.latches = latches
        self.pause = pause
        self.found = found
        check = RecordCheck(records: records)
    }

    mutating func run() async throws -> VerificationSummary {
        // After the start that is not known yet.
        try await records.usage.prepare()
        try await begin(.records, total: records.usage.current.map { Int(clamping: $0.sessions) })
        try await verifyRecords()
        try await begin(.expiry, total: summary.sessions + summary.tokens)
        try await verifyEntries()
        try await begin(.groups, total: nil)
        try await verifyMemberships()
        try await settle()
        return summary
    }

    private mutating func begin(_ phase: VerificationProgress.Phase, total: Int?) async throws {
        progress.phase = phase
        progress.done = 0
        progress.total = total
        try await pause(progress)
    }

    /// Counts something that was looked at, and now and then lets others work.
    private mutating func step() async throws {
        progress.done += 1
        guard pace.isDue() else { return }
        // New records come behind the walk.
        progress.total = progress.total.map { max($0, progress.done) }
        try await pause(progress)
        try await WalkPace.pause()
    }

    private mutating func report(_ reason: String, _ address: SessionAddress?) async throws {
        summary.findings += 1
        try await found(VerificationFinding(tag: address?.sessionTag, reason: reason))
    }
}

// MARK: - Records

extension StoreVerification {
    /// Metadata and bodies side by side, in the order of their addresses.
    private mutating func verifyRecords() async throws {
        let store = store
        var metadata = AddressWalk { after, limit throws(StoreError) in
            try store.metadata(after: after, limit: limit)
        } at: {
            $0.address
        }
        var bodies = AddressWalk { after, limit throws(StoreError) in
            try store.bodies(after: after, limit: limit)
        } at: {
            $0.address
        }
        while let record = try metadata.next() {
            while let body = try bodies.peek(), body.address < record.address {
                _ = try bodies.next()
                try await note(lone: body)
            }
            let body = try bodies.peek()?.address == record.address ? bodies.next() : nil
            try await verify(record, body)
            try await report(metadata.takeGaps(), of: "metadata")
            try await report(bodies.takeGaps(), of: "bodies")
        }
        while let body = try bodies.next() { try await note(lone: body) }
        try await report(metadata.takeGaps(), of: "metadata")
        try await report(bodies.takeGaps(), of: "bodies")
    }

    private mutating func report(_ gaps: [(SessionAddress?, StoreError)], of what: String) async throws {
        for (address, error) in gaps {
            try await report("the engine cannot read the \(what) behind this one: \(error)", address)
        }
    }

    private mutating func verify(_ record: StoredMetadata, _ body: StoredBody?) async throws {
        if body != nil { summary.bodies += 1 }
        var result = try check.check(record.value, body, at: record.address)
        if !result.faults.isEmpty {
            let again = try latches.withLatch(record.address) { try check.check(at: record.address) }
            // It has gone meanwhile.
            guard let again else { return }
            result = again
        }
        switch result.inspection {
        case .session: summary.sessions += 1
        case .tokens: summary.tokens += 1
        case .rejected, nil: break
        }
        for fault in result.faults { try await report(fault, record.address) }
        try await step()
    }

    private mutating func note(lone body: StoredBody) async throws {
        lone.add(body: body.address)
        if lone.isFull { try await settle() }
        try await step()
    }
}

// MARK: - Indexes

extension StoreVerification {
    private static let page = 4096

    private mutating func verifyEntries() async throws {
        var last: ExpiryEntry?
        while true {
            let page: [ExpiryEntry]
            do {
                page = try store.expiryEntries(after: last, limit: Self.page)
            } catch {
                guard error.code == .corruption else { throw error }
                return try await report("the engine cannot read the expiry index to its end: \(error)", last?.address)
            }
            for entry in page {
                summary.entries += 1
                if try !fits(entry), try latches.withLatch(entry.address, { try isThere(entry) && !fits(entry) }) {
                    try await report("an expiry entry that is not its record's", entry.address)
                }
                try await step()
            }
            guard page.count == Self.page else { return }
            last = page.last
        }
    }

    private func isThere(_ entry: ExpiryEntry) throws -> Bool {
        try store.filing(of: entry.address, under: entry.slot) != nil
    }

    /// Whether an entry belongs to the record at its address. One that has come due need not have a record any more; of a record that
    /// does not open nobody knows, and it was reported already.
    private func fits(_ entry: ExpiryEntry) throws -> Bool {
        guard let value = try readable({ try store.metadata(at: entry.address) }) else { return true }
        guard let value else { return entry.slot.time <= now }
        return switch try records.inspect(value, at: entry.address) {
        case .session(let metadata):
            check.filings(of: metadata).contains { $0.slot == entry.slot && $0.group == entry.filing.group }
        case .tokens(let family):
            try check.filing(of: family) == entry.filing
        case .rejected: true
        }
    }

    private mutating func verifyMemberships() async throws {
        var last: GroupMembership?
        while true {
            let page: [GroupMembership]
            do {
                page = try store.memberships(after: last, limit: Self.page)
            } catch {
                guard error.code == .corruption else { throw error }
                return try await report("the engine cannot read the groups to their end: \(error)", last?.address)
            }
            for membership in page {
                summary.memberships += 1
                try await verify(membership)
                try await step()
            }
            guard page.count == Self.page else { return }
            last = page.last
        }
    }

    private enum Belonging {
        case fits
        case strange
        case lone
    }

    private mutating func verify(_ membership: GroupMembership) async throws {
        switch try belonging(membership) {
        case .fits: break
        case .lone:
            lone.add(membership)
            if lone.isFull { try await settle() }
        case .strange:
            let address = membership.address
            let isStill = try latches.withLatch(address) {
                try store.isMember(address, of: membership.group) && belonging(membership) == .strange
            }
            if isStill { try await report("in a group that is not its own", address) }
        }
    }

    private func belonging(_ membership: GroupMembership) throws -> Belonging {
        guard let value = try readable({ try store.metadata(at: membership.address) }) else { return .fits }
        guard let value else { return .lone }
        return switch try records.inspect(value, at: membership.address) {
        case .session(let metadata): metadata.user?.group == membership.group ? .fits : .strange
        case .tokens(let family):
            try records.sealer.tokenGroup(of: family.user) == membership.group ? .fits : .strange
        case .rejected: .fits
        }
    }

    /// What `body` reads; `nil` when the engine cannot, which was reported with the record.
    private func readable<Value>(_ body: () throws -> Value) throws -> Value? {
        do { return try body() } catch let error as StoreError where error.code == .corruption { return nil }
    }

    /// Reports those bodies and memberships without metadata that belong to nothing.
    private mutating func settle() async throws {
        let (bodies, memberships) = try await lone.settle(store, now: now)
        for address in bodies.sorted() {
            let isStill = try latches.withLatch(address) {
                try readable { try store.metadata(at: address) == nil && store.body(at: address) != nil } ?? false
            }
            if isStill { try await report("a body without metadata", address) }
        }
        for membership in memberships.sorted() {
            let isStill = try latches.withLatch(membership.address) {
                try store.isMember(membership.address, of: membership.group) && belonging(membership) != .fits
            }
            if isStill { try await report("in the group of a user, and there is no record", membership.address) }
        }
    }
}
