// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

/// The keyring of a pool as it changes while the pool is served.
final class PoolKeyring: Sendable {
    private let records: SessionRecords
    private let latches: RecordLatches
    // How often the keyring was changed. Locked while it or the stored address key is, so that the keyring always has the key that the
    // address key needs.
    private let changes = Locked<UInt64>(0)

    private var sealer: SessionSealer { records.sealer }
    private var store: any SessionStore { records.store }
    private var pool: PoolName { sealer.pool }

    init(records: SessionRecords, latches: RecordLatches) {
        self.records = records
        self.latches = latches
    }

    /// See ``SessionService/take(_:)``.
    func take(_ keyring: Keyring) throws -> KeyringChange {
        let change = try changes.withLock { changes -> KeyringChange in
            guard keyring.keys.map(\.id) != sealer.keyIDs else { return .unchanged }
            try sealer.take(keyring, wrappedAddressKey: try wrappedAddressKey())
            changes += 1
            return .changed(sealing: keyring.sealingKey.id)
        }
        if change != .unchanged {
            settle()
            noteFirstSeen()
        }
        return change
    }

    /// Seals the store's address key under the first key, if another one does.
    func rewrapAddressKey() throws {
        try changes.withLock { _ in
            guard let rewrapped = try sealer.rewrap(try wrappedAddressKey()) else { return }
            try store.setProperty(.addressKey(of: pool), to: rewrapped)
        }
    }

    /// See ``SessionService/retire(_:)-(KeyID)``, but for the rotation.
    func retire(_ id: KeyID) async throws -> RetireOutcome {
        while true {
            let seen = changes.withLock { $0 }
            let ids = sealer.keyIDs
            guard ids.contains(id) else { return .unknown }
            guard ids.first != id else { return .seals }
            // What was about to be sealed under it when it was the first is stored then.
            latches.passAll()
            let needed = try await recordsInNeed(of: id)
            let addressKey = SessionSealer.keyID(ofWrapped: try wrappedAddressKey()) == id
            guard needed == 0, !addressKey else { return .needed(records: needed, addressKey: addressKey) }
            try await records.eraseReplaced()
            if forget(id, ifUnchangedSince: seen) {
                settle()
                try store.removeProperty(.firstSeen(id, in: pool))
                return .retired
            }
        }
    }

    private func forget(_ id: KeyID, ifUnchangedSince seen: UInt64) -> Bool {
        changes.withLock { changes in
            guard changes == seen else { return false }
            sealer.forget(id)
            changes += 1
            return true
        }
    }

    /// See ``SessionService/keyReports()``.
    func reports() async throws -> [KeyReport] {
        let counts = try await KeyScan.counts(store)
        let ids = sealer.keyIDs
        let addressKeyID = SessionSealer.keyID(ofWrapped: try wrappedAddressKey())
        let missing = counts.keys.filter { !ids.contains($0) }.sorted { $0.description < $1.description }
        return try (ids + missing).map { id in
            KeyReport(
                id: id,
                isSealing: id == ids.first,
                isInKeyring: ids.contains(id),
                firstSeen: try store.property(.firstSeen(id, in: pool)).flatMap { UnixTime(property: $0) },
                records: counts[id] ?? 0,
                sealsAddressKey: id == addressKeyID
            )
        }
    }

    /// Notes in the store since when it has each key in its keyring.
    func noteFirstSeen() {
        do {
            for id in sealer.keyIDs {
                let property = StoreProperty.firstSeen(id, in: pool)
                guard try store.property(property) == nil else { continue }
                try store.setProperty(property, to: records.clock.now().propertyBytes)
            }
        } catch {
            records.logger.error(
                "the store does not take since when it has its keys",
                metadata: ["pool": "\(pool.text)", "error": "\(error)"]
            )
        }
    }

    /// How many records can only be opened with a key. A damaged one, of which nothing can be opened, does not need it.
    private func recordsInNeed(of id: KeyID) async throws -> Int {
        var count = 0
        var scan = KeyScan(store)
        while let page = try scan.next() {
            for record in page where SessionSealer.keyID(of: record.value) == id {
                if case .resealed = try sealer.reseal(record.value, at: record.address) { count += 1 }
            }
            try Task.checkCancellation()
            await Task.yield()
        }
        return count
    }

    private func wrappedAddressKey() throws -> [UInt8] {
        if let wrapped = try store.property(.addressKey(of: pool)) { return wrapped }
        throw CryptoError(.keyring, "the store has lost its address key: restore it from a backup")
    }

    /// Brings what was derived from the keys before up to date, once nobody seals under them any more: what is kept of sessions stays,
    /// as it may know touches that the store does not, and its keys are made anew.
    private func settle() {
        latches.passAll()
        for address in records.cache.addresses(where: { !sealer.isSealing($0.key.masterKeyID) }) {
            latches.withLatch(address) { renewKey(at: address) }
        }
    }

    private func renewKey(at address: SessionAddress) {
        guard let opened = records.cache[address] else { return }
        if let key = try? sealer.metadataKey(at: address, reusing: opened.key) {
            records.cache.replace(opened.with(key), at: address)
        } else {
            records.cache.forget(address)
        }
    }
}
