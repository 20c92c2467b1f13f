// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

/// What has to be true of one record, whoever reads or writes it.
struct RecordCheck {
    let records: SessionRecords
    private var store: any SessionStore { records.store }
    private var sealer: SessionSealer { records.sealer }

    /// What was found at an address.
    struct Result {
        /// What it is; `nil` when the engine cannot read it.
        var inspection: SessionRecords.Inspection?
        /// What is wrong with it, in words.
        var faults: [String] = []
    }

    /// Checks metadata and body.
    ///
    /// - Throws: `StoreError`, but for damage, which is a fault of the record; `CryptoError`.
    func check(_ value: [UInt8], _ body: StoredBody?, at address: SessionAddress) throws -> Result {
        let inspection = try records.inspect(value, at: address)
        var result = Result(inspection: inspection)
        switch inspection {
        case .rejected(let rejection): result.faults = ["metadata: \(rejection)"]
        case .session(let metadata):
            result.faults = bodyFaults(metadata, body)
            if let user = metadata.user, try sealer.group(of: user.name) != user.group {
                result.faults.append("its group is not that of its user")
            }
            result.faults += try filingFaults(filings(of: metadata), at: address)
        case .tokens(let family):
            if body != nil { result.faults.append("a body beside a \"remember me\" token") }
            result.faults += try filingFaults([filing(of: family)], at: address)
        }
        return result
    }

    /// As ``check(_:_:at:)``, of what is stored now; `nil` when there are no metadata. The caller holds the latch.
    func check(at address: SessionAddress) throws -> Result? {
        do {
            guard let value = try store.metadata(at: address) else { return nil }
            let body = try store.body(at: address).map { StoredBody(at: address, $0) }
            return try check(value, body, at: address)
        } catch let error as StoreError where error.code == .corruption {
            return Result(faults: ["the engine cannot read it: \(error)"])
        }
    }

    /// Under what a session may be filed: what its metadata say, and, once that has come due, what the sweep makes of an entry whose
    /// record it could not open.
    func filings(of metadata: SessionMetadata) -> [ExpiryFiling] {
        let own = ExpiryFiling(metadata)
        let due = ExpirySlot(metadata.deadline)
        if due == own.slot { return [own] }
        return [own, ExpiryFiling(slot: due, kibibytes: own.kibibytes, group: own.group)]
    }

    /// Under what tokens are filed.
    func filing(of family: TokenFamily) throws -> ExpiryFiling {
        ExpiryFiling(family, group: try sealer.tokenGroup(of: family.user))
    }

    private func bodyFaults(_ metadata: SessionMetadata, _ body: StoredBody?) -> [String] {
        guard let body else {
            // Compaction drops the body of a session that is over.
            return metadata.deadline <= records.clock.now() ? [] : ["body missing"]
        }
        guard let header = body.header else { return ["body: unknown format"] }
        var faults: [String] = []
        if header.expires != metadata.bodyExpires { faults.append("body: its header does not fit the metadata") }
        // Of what was destroyed, only the header is left.
        let length =
            metadata.isDestroyed ? UInt64(RecordHeader.length) : SessionSealer.bodyLength(ofData: metadata.size)
        if UInt64(body.length) != length { faults.append("body: \(body.length) bytes instead of \(length)") }
        return faults
    }

    private func filingFaults(_ filings: [ExpiryFiling], at address: SessionAddress) throws -> [String] {
        do throws(StoreError) {
            var faults: [String] = []
            var filed: ExpiryFiling?
            for filing in filings where filed == nil { filed = try store.filing(of: address, under: filing.slot) }
            let group = filings.first?.group
            if let filed {
                if filed.group != group { faults.append("its expiry entry names another group") }
            } else {
                faults.append("no expiry entry")
            }
            if let group, try !store.isMember(address, of: group) { faults.append("not in the group of its user") }
            return faults
        } catch {
            guard error.code == .corruption else { throw error }
            return ["its index entries cannot be read: \(error)"]
        }
    }
}
