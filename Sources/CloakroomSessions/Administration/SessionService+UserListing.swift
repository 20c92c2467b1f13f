// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension SessionService {
    /// Groups looked up in one go, each of which takes a search.
    private static let groupPage = 16

    /// Shows the users that have sessions which can be used, one by one in no order that means anything, at a pace that leaves requests
    /// their time.
    ///
    /// - Parameters:
    ///   - minimum: how many sessions a user must have to be shown.
    ///   - pause: is called now and then, and ends the walk by throwing.
    ///   - body: gets each user; `false` ends the walk.
    /// - Throws: `StoreError`, `CryptoError`, `CancellationError`, and what `pause` and `body` throw.
    public func listUsers(
        withSessions minimum: Int,
        pause: () async throws -> Void,
        _ body: (UserOverview) async throws -> Bool
    ) async throws {
        var pace = WalkPace()
        var last: SessionAddress?
        while true {
            let groups = try records.store.groups(after: last, limit: Self.groupPage)
            for group in groups {
                guard let user = try await overview(ofGroup: group, &pace, pause) else { continue }
                guard user.sessions >= minimum else { continue }
                guard try await body(user) else { return }
            }
            guard groups.count == Self.groupPage else { return }
            last = groups.last
        }
    }

    /// The user of a group; `nil` when it is one of tokens, or none of its sessions can be used.
    private func overview(
        ofGroup group: SessionAddress,
        _ pace: inout WalkPace,
        _ pause: () async throws -> Void
    ) async throws -> UserOverview? {
        var name: UserName?
        var sessions = 0
        var lastSeen = UnixTime(seconds: 0)
        var paceHere = pace
        try await forEachMember(of: group) { address in
            if paceHere.isDue() {
                try await pause()
                try await WalkPace.pause()
            }
            guard let value = try records.store.metadata(at: address) else { return true }
            switch try records.inspectCurrent(value, at: address) {
            // All members of a group are of one kind.
            case .tokens: return false
            case .rejected: return true
            case .session(let metadata):
                guard let user = metadata.user, user.group == group, isUsable(metadata) else { return true }
                name = user.name
                sessions += 1
                lastSeen = max(lastSeen, metadata.lastSeen)
                return true
            }
        }
        pace = paceHere
        return name.map {
            UserOverview(name: $0, sessions: sessions, idle: clock.now().seconds(since: lastSeen))
        }
    }
}
