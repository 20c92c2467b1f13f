// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomClient
import CloakroomCore
import CloakroomSessions
import CloakroomStatus
import CloakroomStore

extension Administration {
    /// Carries out a request about sessions, locks and users. All of it stops when its client has gone: what was ended or removed by then
    /// stays so, and nothing is left half done.
    func answer(_ request: SessionsRequest, _ replies: any AdminReplies) async throws -> SessionsReply {
        switch request {
        case .list(let selection): .listed(try await list(selection, replies))
        case .show(let pool, let tag): .details(try show(Self.tag(tag), of: selected(pool)))
        case .end(let ending): .ended(try await end(ending, replies))
        case .locks(let pool, let contended): .listed(try await list(locksOf: selected(pool), contended, replies))
        case .users(let pool, let minimum): .listed(try await list(usersOf: selected(pool), minimum, replies))
        case .collect(let pool): .collected(try await collect(selected(pool), replies))
        case .verify(let pool, let limit): .verified(try await verify(selected(pool), limit: limit, replies))
        }
    }

    private static func tag(_ text: String) throws -> SessionTag {
        if let tag = SessionTag(text) { return tag }
        throw AdminError(.failed, "\"\(text)\" is no tag of a session, which has twelve hexadecimal digits")
    }

    private static func user(_ text: String) throws -> UserName {
        if let user = UserName(Array(text.utf8)) { return user }
        throw AdminError(.failed, "the name of a user has 1 to \(UserName.maximumLength) bytes")
    }
}

// MARK: - Lists

extension Administration {
    private func list(_ selection: SessionSelection, _ replies: any AdminReplies) async throws -> ListEnd {
        let filter = try Self.filter(selection)
        let limit = selection.limit ?? .max
        let rows = RowPages<SessionRow> { try await replies.send(.sessions(.sessions($0))) }
        var unreadable = 0
        var more = false
        for pool in try selected(selection.pool) where !more {
            let gate = ProgressGate()
            unreadable += try await pool.sessions.list(
                filter,
                pause: { looked in
                    try replies.expectTaken()
                    try await rows.flushIfDue()
                    guard gate.opens() else { return }
                    // Of a user nobody knows how many there are.
                    let total = filter.user == nil ? pool.sessions.usage.map { Int(clamping: $0.sessions) } : nil
                    replies.report(WorkStep(pool: pool.name.text, phase: .listing, done: looked, total: total))
                },
                { session in
                    more = rows.count >= limit
                    guard !more else { return false }
                    try await rows.add(SessionRow(session, of: pool.name))
                    return true
                }
            )
        }
        try await rows.flush()
        return ListEnd(rows: rows.count, unreadable: unreadable, more: more)
    }

    private static func filter(_ selection: SessionSelection) throws -> SessionFilter {
        var filter = SessionFilter()
        filter.user = try selection.user.map(user)
        filter.age = selection.age
        filter.idle = selection.idle
        filter.browser = selection.browser
        filter.state = selection.state.map {
            switch $0 {
            case .live: .live
            case .replaced: .replaced
            case .expired: .expired
            case .ended: .ended
            }
        }
        if let text = selection.network {
            guard let network = AddressPrefix(text) else {
                throw AdminError(
                    .failed,
                    "\"\(text)\" is no network: give an address, or one with a length, such as 192.0.2.0/24"
                )
            }
            filter.network = network
        }
        return filter
    }

    private func list(
        locksOf pools: [AdministeredPool],
        _ contended: Bool,
        _ replies: any AdminReplies
    ) async throws -> ListEnd {
        let locks = pools.flatMap { pool in pool.sessions.heldLocks().map { (pool, $0) } }
            .filter { !contended || !$1.waiters.isEmpty }
            .sorted { $0.1.holder.duration > $1.1.holder.duration }
        let rows = RowPages<LockRow> { try await replies.send(.sessions(.locks($0))) }
        for (pool, lock) in locks {
            let row = LockRow(lock, user: try pool.sessions.user(of: lock), of: pool.name)
            try await rows.add(row, weight: 1 + row.waiters.count)
            try replies.expectTaken()
        }
        try await rows.flush()
        return ListEnd(rows: rows.count, unreadable: 0, more: false)
    }

    private func list(
        usersOf pools: [AdministeredPool],
        _ minimum: Int,
        _ replies: any AdminReplies
    ) async throws -> ListEnd {
        let rows = RowPages<UserRow> { try await replies.send(.sessions(.users($0))) }
        for pool in pools {
            try await pool.sessions.listUsers(
                withSessions: minimum,
                pause: {
                    try replies.expectTaken()
                    try await rows.flushIfDue()
                },
                { user in
                    try await rows.add(
                        UserRow(pool: pool.name.text, user: user.name.text, sessions: user.sessions, idle: user.idle)
                    )
                    return true
                }
            )
        }
        try await rows.flush()
        return ListEnd(rows: rows.count, unreadable: 0, more: false)
    }

    private func show(_ tag: SessionTag, of pools: [AdministeredPool]) throws -> [SessionReport] {
        try pools.flatMap { pool in
            try pool.sessions.details(of: tag).map { details in
                let user = try details.lock.flatMap { try pool.sessions.user(of: $0) }
                return SessionReport(details, lockOf: user, of: pool.name)
            }
        }
    }
}

// MARK: - Changes

extension Administration {
    private func end(_ ending: SessionEnding, _ replies: any AdminReplies) async throws -> SessionsEnded {
        let pools = try selected(ending.pool)
        let administrator = replies.administrator
        var ended = EndedByAdministrator()
        var unknown: [String] = []
        switch ending.selection {
        case .tags(let texts):
            for (text, tag) in try texts.map({ ($0, try Self.tag($0)) }) {
                var ofTag = EndedByAdministrator()
                for pool in pools { ofTag.add(try pool.sessions.endSession(tag, by: administrator)) }
                if ofTag.isNothing { unknown.append(text) }
                ended.add(ofTag)
            }
        case .user(let text):
            let user = try Self.user(text)
            for pool in pools {
                ended.add(
                    try await pool.sessions.endSessions(ofUser: user, by: administrator, pause: replies.expectTaken)
                )
            }
        case .all:
            for pool in pools { ended.add(try await endAll(pool, replies)) }
        }
        return SessionsEnded(
            sessions: ended.sessions,
            others: ended.others,
            tokens: ended.tokens,
            locks: ended.locks,
            unknown: unknown
        )
    }

    private func endAll(_ pool: AdministeredPool, _ replies: any AdminReplies) async throws -> EndedByAdministrator {
        let gate = ProgressGate()
        let total = pool.sessions.usage.map { Int(clamping: $0.sessions) }
        return try await pool.sessions.endAllSessions(by: replies.administrator) { ended in
            try replies.expectTaken()
            let done = ended.sessions + ended.others + ended.tokens
            guard gate.opens() else { return }
            replies.report(
                WorkStep(pool: pool.name.text, phase: .ending, done: done, total: total.map { max($0, done) })
            )
        }
    }

    private func collect(_ pools: [AdministeredPool], _ replies: any AdminReplies) async throws -> [Collected] {
        var collected: [Collected] = []
        for pool in pools {
            let gate = ProgressGate()
            let end = try await pool.sessions.collectAll { progress in
                try replies.expectTaken()
                guard gate.opens() else { return }
                replies.report(
                    WorkStep(
                        pool: pool.name.text,
                        phase: .collecting,
                        done: progress.done,
                        total: progress.total,
                        changed: progress.removed
                    )
                )
            }
            collected.append(Collected(pool: pool.name.text, removed: end.removed))
        }
        return collected
    }

    private func verify(
        _ pools: [AdministeredPool],
        limit: Int,
        _ replies: any AdminReplies
    ) async throws -> [Verified] {
        let rows = RowPages<Finding> { try await replies.send(.sessions(.findings($0))) }
        var verified: [Verified] = []
        for pool in pools {
            let name = pool.name.text
            let gate = ProgressGate()
            let summary = try await pool.sessions.verify(
                pause: { progress in
                    try replies.expectTaken()
                    try await rows.flushIfDue()
                    if gate.opens() { replies.report(WorkStep(progress, of: name)) }
                },
                found: { finding in
                    guard rows.count < limit else { return }
                    try await rows.add(Finding(pool: name, tag: finding.tag?.description, reason: finding.reason))
                }
            )
            verified.append(Verified(summary, of: name))
        }
        try await rows.flush()
        return verified
    }
}
