// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

/// One walk over all records that seals them under the keyring's first key. It keeps nothing but a mark that it was begun: one that was
/// interrupted is done anew, and passes over what is sealed already.
struct RotationRun {
    /// Records sealed anew in one go: a fifth of a millisecond of work, so that nobody waits for longer.
    static let batch = 16
    /// The pause between two batches. The kernel makes a millisecond of it.
    private static let pause = Duration.microseconds(100)
    /// Records that cannot be opened are named in the log one by one up to this number.
    private static let named = 20

    private let records: SessionRecords
    private let latches: RecordLatches
    private let keys: PoolKeyring
    private let deferredWrites: DeferredWrites

    private var sealing: KeyID?
    private var done = 0
    private var resealed = 0
    private var left = 0

    init(records: SessionRecords, latches: RecordLatches, keys: PoolKeyring, deferredWrites: DeferredWrites) {
        self.records = records
        self.latches = latches
        self.keys = keys
        self.deferredWrites = deferredWrites
    }

    private var store: any SessionStore { records.store }
    private var sealer: SessionSealer { records.sealer }
    private var mark: StoreProperty { .rotation(of: sealer.pool) }
    private var isToStop: Bool { Task.isCancelled || deferredWrites.isStopping }

    /// Whether the keyring's first key became another one, so that what is complete is not what was asked for last.
    func isOutdated(after result: Result<RotationOutcome, any Error>) -> Bool {
        guard case .success(.complete) = result else { return false }
        return sealing != sealer.keyIDs.first
    }

    /// Rotates, and says in the log how that ended.
    mutating func complete(report: (RotationProgress) -> Void) async throws -> RotationOutcome {
        do {
            let outcome = try await run(report)
            note(outcome)
            return outcome
        } catch is CancellationError {
            note(.interrupted)
            return .interrupted
        } catch  where deferredWrites.isStopping {
            // The store may be closed already.
            note(.interrupted)
            return .interrupted
        } catch {
            records.logger.error(
                "the rotation of keys failed, and goes on with the next one or after the next start",
                metadata: ["pool": "\(sealer.pool.text)", "resealed": "\(resealed)", "error": "\(error)"]
            )
            throw error
        }
    }

    private mutating func run(_ report: (RotationProgress) -> Void) async throws -> RotationOutcome {
        keys.noteFirstSeen()
        let isMarked = try store.property(mark) != nil
        // With one key there is nothing that could be sealed anew, and nothing old but after a rotation that was interrupted.
        let isNeeded = isMarked || sealer.keyIDs.count > 1
        if isNeeded, !isMarked { try store.setProperty(mark, to: records.clock.now().propertyBytes) }
        repeat {
            sealing = sealer.keyIDs.first
            try keys.rewrapAddressKey()
            // What was about to be sealed under another key is in the store then, and found by the walk.
            latches.passAll()
            try await walk(report)
        } while sealing != sealer.keyIDs.first
        guard isNeeded else { return .complete(resealed: resealed) }
        report(progress(.compacting))
        try await records.eraseReplaced()
        try store.removeProperty(mark)
        return .complete(resealed: resealed)
    }

    /// Walks over all records, or up to where the keyring's first key has become another one.
    private mutating func walk(_ report: (RotationProgress) -> Void) async throws {
        (done, left) = (0, 0)
        var scan = KeyScan(store)
        while let page = try scan.next() {
            var inBatch = 0
            for record in page {
                done += 1
                guard SessionSealer.keyID(of: record.value) != sealing else { continue }
                try reseal(record.address)
                inBatch += 1
                guard inBatch == Self.batch else { continue }
                inBatch = 0
                guard try await pause(report) else { return }
            }
            guard try await pause(report) else { return }
        }
    }

    /// Lets others work; answers whether the first key is still the same.
    private func pause(_ report: (RotationProgress) -> Void) async throws -> Bool {
        report(progress(.resealing))
        guard !isToStop else { throw CancellationError() }
        try await Task.sleep(for: Self.pause)
        return sealing == sealer.keyIDs.first
    }

    /// Seals the metadata of a record anew. What they hold stays the same, so that whoever holds the session, or has touched it since it
    /// was stored, knows what is true.
    private mutating func reseal(_ address: SessionAddress) throws {
        let resealing = try latches.withLatch(address) { () -> Resealing in
            // Somebody may have written or removed the record since it was read.
            guard let value = try store.metadata(at: address) else { return .current }
            let resealing = try sealer.reseal(value, at: address)
            if case .resealed(let next) = resealing { try store.replaceMetadata(at: address, with: next) }
            return resealing
        }
        switch resealing {
        case .current: break
        case .resealed: resealed += 1
        case .rejected(let rejection): note(rejection, address)
        }
    }

    private func progress(_ phase: RotationProgress.Phase) -> RotationProgress {
        // New sessions come behind the walk, and some were removed since they were counted.
        let total = records.usage.current.map { max(Int(clamping: $0.sessions), done) }
        return RotationProgress(done: done, total: total, resealed: resealed, phase: phase)
    }

    private mutating func note(_ rejection: Rejection, _ address: SessionAddress) {
        left += 1
        if case .unknownKey(let id) = rejection { return records.missingKeys.note(id, records.logger) }
        guard left <= Self.named else { return }
        records.logger.error(
            "a stored session does not authenticate and cannot be sealed anew: it was damaged or tampered with",
            metadata: ["session": "\(address.tag)", "reason": "\(rejection)"]
        )
    }

    private func note(_ outcome: RotationOutcome) {
        records.logger.notice(
            outcome == .interrupted ? "the rotation of keys was interrupted" : "the rotation of keys is complete",
            metadata: [
                "pool": "\(sealer.pool.text)", "key": "\(sealing.map { "\($0)" } ?? "")", "resealed": "\(resealed)",
                "unreadable": "\(left)",
            ]
        )
    }
}
