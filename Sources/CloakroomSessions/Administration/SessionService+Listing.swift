// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension SessionService {
    /// Shows the sessions that an administrator wants to see one by one, in the order of their tags, at a pace that leaves requests their
    /// time. Sessions that are made or removed meanwhile may be among them or not.
    ///
    /// - Parameters:
    ///   - pause: is called now and then with the number of records looked at, and ends the walk by throwing.
    ///   - body: gets each session; `false` ends the walk.
    /// - Returns: how many records did not open.
    /// - Throws: `StoreError`, `CryptoError`, `CancellationError`, and what `pause` and `body` throw.
    public func list(
        _ filter: SessionFilter,
        pause: (Int) async throws -> Void,
        _ body: (SessionOverview) async throws -> Bool
    ) async throws -> Int {
        var looked = 0
        var unreadable = 0
        try await forEachRecord(ofUser: filter.user, pause: { try await pause(looked) }) { value, address in
            looked += 1
            switch try records.inspectCurrent(value, at: address) {
            case .tokens: return true
            case .rejected:
                unreadable += 1
                return true
            case .session(let metadata):
                let overview = SessionOverview(metadata, at: address, now: clock.now(), rules.lifetimes)
                return try await filter.matches(metadata, overview) ? body(overview) : true
            }
        }
        return unreadable
    }

    /// Calls `body` with every record, or with every one that is filed as a user's, until it answers `false`.
    func forEachRecord(
        ofUser user: UserName?,
        pause: () async throws -> Void,
        _ body: ([UInt8], SessionAddress) async throws -> Bool
    ) async throws {
        var pace = WalkPace()
        func visit(_ value: [UInt8], _ address: SessionAddress) async throws -> Bool {
            guard try await body(value, address) else { return false }
            if pace.isDue() {
                try await pause()
                try await WalkPace.pause()
            }
            return true
        }
        if let user {
            try await forEachMember(of: sealer.group(of: user)) { address in
                guard let value = try records.store.metadata(at: address) else { return true }
                return try await visit(value, address)
            }
        } else {
            var scan = KeyScan(records.store, page: WalkPace.page)
            while let page = try scan.next() {
                for record in page where try await !visit(record.value, record.address) { return }
            }
        }
    }

    /// Calls `body` with every address that is filed in a group, until it answers `false`.
    func forEachMember(of group: SessionAddress, _ body: (SessionAddress) async throws -> Bool) async throws {
        var last: SessionAddress?
        while true {
            let members = try records.store.members(of: group, after: last, limit: WalkPace.memberPage)
            for member in members where try await !body(member) { return }
            guard members.count == WalkPace.memberPage else { return }
            last = members.last
        }
    }
}
