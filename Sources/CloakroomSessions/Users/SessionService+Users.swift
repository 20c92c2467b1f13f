// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

extension SessionService {
    /// The most sessions that are listed.
    public static let longestList = 1000
    /// Sessions looked up in one go.
    private static let page = 64

    /// The sessions of a user that can be used, the one seen last in front, at most ``longestList``; `nil` when nobody knows whose.
    ///
    /// - Parameters:
    ///   - user: the user; `nil`: the one of the asker's session.
    ///   - own: the asker's session.
    /// - Throws: `StoreError` or `CryptoError`.
    public func sessions(ofUser user: UserName?, own: SessionReference) async throws -> [UserSession]? {
        try await Task.detached { try self.list(user, own) }.value
    }

    private func list(_ user: UserName?, _ own: SessionReference) throws -> [UserSession]? {
        let address = try sealer.address(of: own)
        guard let group = try name(of: user, own: address).map(sealer.group) else { return nil }
        var sessions: [UserSession] = []
        func cut() {
            sessions.sort { ($0.lastSeen, $0.created) > ($1.lastSeen, $1.created) }
            sessions.removeLast(max(sessions.count - Self.longestList, 0))
        }
        try forEachMember(of: group) { member, metadata in
            guard let metadata, isUsable(metadata) else { return }
            sessions.append(UserSession(metadata, at: member, isOwn: member == address))
            if sessions.count >= 2 * Self.longestList { cut() }
        }
        cut()
        return sessions
    }

    /// Ends sessions of a user, also from under whoever holds them; `nil` when nobody knows whose. With one end the tokens that go with
    /// it, and with all, or all others, all of the user's, so that nobody comes back by one.
    ///
    /// - Parameters:
    ///   - selection: which ones.
    ///   - user: the user; `nil`: the one of the asker's session.
    ///   - own: the asker's session.
    /// - Throws: `StoreError` or `CryptoError`; some may have ended.
    public func endSessions(
        _ selection: UserSessionSelection,
        ofUser user: UserName?,
        own: SessionReference,
        for client: SessionClient
    ) async throws -> EndedSessions? {
        try await Task.detached { try self.end(selection, user, own, client) }.value
    }

    private func end(
        _ selection: UserSessionSelection,
        _ user: UserName?,
        _ own: SessionReference,
        _ client: SessionClient
    ) throws -> EndedSessions? {
        let address = try sealer.address(of: own)
        guard let name = try name(of: user, own: address) else { return nil }
        let group = try sealer.group(of: name)
        switch selection {
        case .all, .others: try endTokens(of: name, for: client)
        case .one: break
        }
        var ended = EndedSessions()
        try forEachMember(of: group) { member, _ in
            switch selection {
            case .all: break
            case .others where member != address: break
            case .one(let tag) where member.sessionTag == tag: break
            case .others, .one: return
            }
            guard let wasUsable = try end(member, of: group, client, withTokens: true) else { return }
            if wasUsable { ended.count += 1 }
            if member == address { ended.includesOwn = true }
        }
        return ended
    }

    /// Removes a session of a user, and answers whether it could have been used; `nil` when it is not there, or not his any more.
    private func end(
        _ address: SessionAddress,
        of group: SessionAddress,
        _ client: SessionClient,
        withTokens: Bool,
        reason: String? = nil
    ) throws -> Bool? {
        // What does not authenticate cannot be used; that it is gone then is what was asked for.
        let isHis = { (metadata: SessionMetadata) in metadata.user?.group == group }
        let removed =
            withTokens ? try removeWithTokens(address, for: client, if: isHis) : try remove(address, if: isHis)
        guard let removed else { return nil }
        statistics.add(.destroyed)
        let browser = try client.browser(rules.binding, sealer)
        events.note(.destroyed, address, client, browser: browser, user: group, reason: reason)
        return removed.metadata.map(isUsable) ?? false
    }

    private func name(of user: UserName?, own address: SessionAddress) throws -> UserName? {
        if let user { return user }
        return try latches.withLatch(address) { try records.metadata(at: address) }?.metadata.user?.name
    }

    func isUsable(_ metadata: SessionMetadata) -> Bool {
        metadata.retired == nil && metadata.end(now: clock.now(), rules.lifetimes) == nil
    }

    /// Calls `body` with every session that is filed in a group, under no latch; without metadata where they do not authenticate.
    private func forEachMember(
        of group: SessionAddress,
        _ body: (SessionAddress, SessionMetadata?) throws -> Void
    ) throws {
        var last: SessionAddress?
        while true {
            let members = try records.store.members(of: group, after: last, limit: Self.page)
            for member in members {
                let opened = try latches.withLatch(member) { try records.metadata(at: member) }
                if let metadata = opened?.metadata, metadata.user?.group != group { continue }
                try body(member, opened?.metadata)
            }
            guard members.count == Self.page else { return }
            last = members.last
        }
    }
}

// MARK: - Logging in

/// A session that has become a user's.
struct Login: Sendable {
    /// The user.
    let user: SessionUser
    /// Whether the session was there before under the same id, and nobody's.
    let keptID: Bool
}

extension SessionService {
    /// Puts a user into the metadata of a session that is about to be stored; answers the log-in, if it is one.
    func identify(
        _ metadata: inout SessionMetadata,
        as write: SessionWrite,
        isNew: Bool,
        now: UnixTime
    ) throws -> Login? {
        switch write.identification {
        case nil: return nil
        case .nobody:
            metadata.user = nil
            return nil
        case .user(let name):
            let previous = metadata.user
            if let previous, previous.name == name {
                if write.authenticated {
                    metadata.user = SessionUser(name: name, group: previous.group, identified: now)
                }
                return nil
            }
            let user = SessionUser(name: name, group: try sealer.group(of: name), identified: now)
            metadata.user = user
            return Login(user: user, keptID: !isNew && previous == nil)
        }
    }

    /// Carries a write out that may make a session a user's, or answers how many sessions the user may have, if it would be one too
    /// many and the rules deny that. `known` is whose session it is already, also by inheritance, as far as that is known. The caller
    /// holds no latch.
    func countingLogin<Value>(
        _ write: SessionWrite,
        at address: SessionAddress,
        known: SessionUser?,
        for client: SessionClient,
        denied: (Int) -> Value,
        _ body: () throws -> (Value, Login?)
    ) throws -> Value {
        guard case .user(let name) = write.identification, name != known?.name else { return try body().0 }
        guard let maximum = rules.users.maximumSessions else {
            let (value, login) = try body()
            if let login { note(login, at: address, client) }
            return value
        }
        let group = try sealer.group(of: name)
        pendingLogins.begin(address, of: group)
        defer { pendingLogins.end(address, of: group) }
        if rules.users.whenFull == .deny, let count = try excess(group, address, maximum) {
            events.note(
                .overLimit,
                address,
                client,
                browser: try client.browser(rules.binding, sealer),
                user: group,
                attention: true,
                details: ["action": "denied", "sessions": "\(count)", "limit": "\(maximum)"]
            )
            return denied(maximum)
        }
        let (value, login) = try body()
        if let login {
            note(login, at: address, client)
            if rules.users.whenFull != .deny { enforce(maximum, of: group, for: address, client) }
        }
        return value
    }

    /// How many sessions a user has, if that is as many as he may have and the one at `address` is none of them.
    private func excess(
        _ group: SessionAddress,
        _ address: SessionAddress,
        _ maximum: Int
    ) throws -> Int? {
        let logins = pendingLogins.logins(of: group)
        let earlier = logins.prefix { $0 != address }
        let later = Set(logins.dropFirst(earlier.count))
        var others = Set(earlier)
        var isMember = false
        try forEachMember(of: group) { member, metadata in
            guard let metadata, isUsable(metadata) else { return }
            if member == address { isMember = true } else if !later.contains(member) { others.insert(member) }
        }
        return isMember || others.count < maximum ? nil : others.count
    }

    /// Ends the sessions that a user has beyond the maximum, those seen least recently, or reports that there are any. The session is
    /// stored, so that a fault here is no fault of the write.
    private func enforce(
        _ maximum: Int,
        of group: SessionAddress,
        for address: SessionAddress,
        _ client: SessionClient
    ) {
        do {
            var sessions: [(address: SessionAddress, lastSeen: UnixTime)] = []
            try forEachMember(of: group) { member, metadata in
                if let metadata, isUsable(metadata) { sessions.append((member, metadata.lastSeen)) }
            }
            guard sessions.count > maximum else { return }
            let isReported = rules.users.whenFull == .report
            events.note(
                .overLimit,
                address,
                client,
                browser: try client.browser(rules.binding, sealer),
                user: group,
                attention: isReported,
                details: [
                    "action": isReported ? "reported" : "ended", "sessions": "\(sessions.count)", "limit": "\(maximum)",
                ]
            )
            guard !isReported else { return }
            // Who is logging in now comes last, in the order in which that began, whatever the clock says.
            let logins = pendingLogins.logins(of: group)
            func rank(_ session: (address: SessionAddress, lastSeen: UnixTime)) -> (Int, UnixTime) {
                (logins.firstIndex(of: session.address) ?? -1, session.lastSeen)
            }
            for session in sessions.sorted(by: { rank($0) < rank($1) }).prefix(sessions.count - maximum) {
                _ = try end(
                    session.address,
                    of: group,
                    client,
                    withTokens: false,
                    reason: "too many sessions of this user"
                )
            }
        } catch {
            logger.error("the sessions of a user could not be counted", metadata: ["error": "\(error)"])
        }
    }

    private func note(_ login: Login, at address: SessionAddress, _ client: SessionClient) {
        guard events.takes(.identified, attention: login.keptID) else { return }
        events.note(
            .identified,
            address,
            client,
            browser: try? client.browser(rules.binding, sealer),
            user: login.user.group,
            attention: login.keptID,
            reason: login.keptID ? "the id did not change" : nil
        )
    }
}
