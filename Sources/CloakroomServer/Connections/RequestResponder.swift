// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomSessions
import CloakroomStore
import Logging

/// Turns one request into calls on the rules, and their outcome into an answer.
struct RequestResponder: Sendable {
    let pool: PoolName
    let service: SessionService
    /// Names the pool in each line.
    let logger: Logger
    /// The connections that are in the pool.
    let connections = ConnectionCount()

    /// How long the pool's frames may be.
    var limits: FrameLimits { FrameLimits(maximumData: service.rules.maximumData) }

    /// What a request came to without waiting.
    enum Immediate {
        /// It was carried out. A request that has no answer has `nil`.
        case done(Response?)
        /// It was carried out, and is answered once this has returned.
        case delayed(Response, @Sendable () async -> Void)
        /// It has to wait; nothing was done yet, and ``response(to:for:)`` does it.
        case mustWait
    }

    /// Counts what a request took, but for what it waited for a lock.
    ///
    /// - Parameters:
    ///   - begin: when it was taken up, by `LatencyClock`.
    ///   - waited: how long it waited for a lock, in nanoseconds.
    func count(_ request: Request, since begin: UInt64, waited: UInt64 = 0) {
        guard let kind = request.latencyKind else { return }
        let now = LatencyClock.now()
        service.latencies.count(kind, now - begin - min(waited, now - begin), now: now)
    }

    /// Carries a request out if there is nothing to wait for. HELLO is the connection's own affair and does not come here.
    func respondNow(to request: Request, for client: SessionClient) -> Immediate {
        service.rules.readsThrough ? respond(to: request, searching: client) : carryOut(request, for: client)
    }

    func carryOut(_ request: Request, for client: SessionClient) -> Immediate {
        do {
            switch request {
            case .hello, .release:
                service.release(client)
                return .done(nil)
            case .read(let read):
                let outcome =
                    try read.lock
                    ? service.readLockedNow(SessionRead(read), for: client)
                    : service.readSnapshot(read.session, for: client)
                guard let outcome else { return .mustWait }
                guard read.presented, outcome == .absent(.unknown) else { return .done(response(to: outcome)) }
                if service.rules.readsThrough {
                    service.noteSearch(for: read.session, by: client)
                    return .done(response(to: outcome))
                }
                return try respond(toUnknown: response(to: outcome), for: client)
            case .write(let write):
                return try respondNow(to: write, for: client)
            case .touch(let touch):
                defer { if touch.release { service.release(client) } }
                try service.touch(touch.session, version: touch.version, lifetime: touch.lifetime, for: client)
                return .done(nil)
            case .destroy(let session): return .done(.destroyed(existed: try service.destroy(session, for: client)))
            case .retire(let session): return .done(.destroyed(existed: try service.retire(session, for: client)))
            case .redeem(let token): return try respond(to: token, for: client)
            case .forget(let token): return .done(.destroyed(existed: try service.forget(token, for: client)))
            case .collect, .sessions, .end, .remember, .adopt: return .mustWait
            case .ping: return .done(.pong)
            }
        } catch {
            return .done(response(to: request, failed: error, for: client))
        }
    }

    /// Answers a read of an id that no session has, and that a browser sent.
    private func respond(toUnknown response: Response, for client: SessionClient) throws -> Immediate {
        let outcome = try respond(toUnknown: response, of: client)
        if case .done(.error) = outcome { service.release(client) }
        return outcome
    }

    /// Answers what a browser sent and nobody has, or refuses to.
    private func respond(toUnknown response: Response, of client: SessionClient) throws -> Immediate {
        switch try service.noteUnknownID(of: client) {
        case .answered: .done(response)
        case .delayed(let wait): .delayed(response, wait)
        case .refused: .done(refuseGuess())
        }
    }

    private func refuseGuess() -> Response {
        service.statistics.add(.guessed)
        return .error(.tooManyUnknownIDs)
    }

    private func respond(to token: RememberToken, for client: SessionClient) throws -> Immediate {
        switch try service.redeem(token, for: client) {
        case .remembered(let user, let since, let next):
            .done(.remembered(user, since: since, next: Response.IssuedToken(next)))
        case .again(let user, let since): .done(.remembered(user, since: since, next: nil))
        // A selector can be guessed at as well as an id.
        case .unknown: try respond(toUnknown: .notRemembered(.unknown), of: client)
        case .expired: .done(.notRemembered(.expired))
        case .reused: .done(.notRemembered(.reused))
        case .otherAddress: .done(.notRemembered(.otherAddress))
        case .otherAgent: .done(.notRemembered(.otherAgent))
        }
    }

    private func respondNow(to write: Request.Write, for client: SessionClient) throws -> Immediate {
        var mustWait = false
        defer { if write.release, !mustWait { service.release(client) } }
        guard let outcome = try service.writeNow(SessionWrite(write), for: client) else {
            mustWait = true
            return .mustWait
        }
        return .done(response(to: outcome, of: write, for: client))
    }

    /// The answer to a request that has to wait.
    func response(to request: Request, for client: SessionClient) async -> Response? {
        do {
            switch request {
            case .read(let read) where read.lock:
                let wait = read.wait == 0 ? service.rules.lockWait : .milliseconds(Int64(read.wait))
                return response(to: try await service.readLocked(SessionRead(read), for: client, wait: wait))
            case .write(let write):
                defer { if write.release { service.release(client) } }
                return response(to: try await service.write(SessionWrite(write), for: client), of: write, for: client)
            case .collect: return .collected(count: UInt32(clamping: try await service.collect()))
            case .sessions(let ask): return try await response(to: ask)
            case .end(let end): return try await response(to: end, for: client)
            case .adopt(let adopt): return try await response(to: adopt, for: client)
            case .remember(let user):
                switch try await service.issueToken(to: user, for: client) {
                case .issued(let issued): return .issued(Response.IssuedToken(issued))
                case .poolFull(let limit): return .error(Self.protocolError(for: limit))
                }
            case .hello, .read, .touch, .release, .destroy, .retire, .ping, .redeem, .forget:
                switch carryOut(request, for: client) {
                case .done(let response): return response
                case .delayed(let response, let wait):
                    await wait()
                    return response
                case .mustWait: return nil
                }
            }
        } catch {
            return response(to: request, failed: error, for: client)
        }
    }

    private func response(to request: Request, failed error: any Error, for client: SessionClient) -> Response? {
        logger.error("a request failed", metadata: ["error": "\(error)"])
        if error is StoreError { service.deferredWrites.note(.storeFailed) }
        let refusal = Response.error(ProtocolError(for: error))
        switch request {
        case .touch: return nil
        case .write(let write): return answer(refusal, to: write, of: client)
        case .hello, .read, .release, .destroy, .retire, .collect, .ping, .sessions, .end, .remember, .redeem, .forget,
            .adopt:
            return refusal
        }
    }

    private func response(to ask: Request.Sessions) async throws -> Response {
        guard let sessions = try await service.sessions(ofUser: ask.user, own: ask.own) else { return .noUser }
        // As many as any client can take, whose frames are as long as its sessions.
        var room = limits.maximumFrame - Response.sessions([]).encodedSize
        let all = sessions.map(Response.UserSession.init)
        let fitting = all.prefix { session in
            room -= session.encodedSize
            return room >= 0
        }
        return .sessions(Array(fitting))
    }

    private func response(to end: Request.End, for client: SessionClient) async throws -> Response {
        let selection: UserSessionSelection =
            switch end.selection {
            case .all: .all
            case .others: .others
            case .one(let tag): .one(tag)
            }
        let ended = try await service.endSessions(selection, ofUser: end.user, own: end.own, for: client)
        guard let ended else { return .noUser }
        return .ended(count: UInt32(clamping: ended.count), own: ended.includesOwn)
    }

    func response(to outcome: ReadOutcome) -> Response {
        switch outcome {
        case .found(let version, let data):
            .found(version: version, data: data, deferred: service.deferredWrites.areTaken)
        case .absent(let absence): .absent(AbsenceReason(absence), deferred: service.deferredWrites.areTaken)
        case .locked(let refusal): .error(Self.protocolError(for: refusal))
        }
    }

    private func response(
        to outcome: WriteOutcome,
        of write: Request.Write,
        for client: SessionClient
    ) -> Response? {
        answer(result(of: outcome, write), to: write, of: client)
    }

    /// What WRITE is answered: a deferred one nothing, or why it was not carried out.
    private func answer(_ result: Response, to write: Request.Write, of client: SessionClient) -> Response? {
        guard write.deferred else { return result }
        service.statistics.add(.deferred)
        guard case .error(let error) = result else { return nil }
        service.statistics.add(.unwritten)
        // The client may be gone, so this may be all that anybody hears of it.
        logger.warning(
            "a deferred write was not carried out",
            metadata: ["client": "\(client.identity)", "reason": "\(error)"]
        )
        // What ends the connection is an ERROR, whoever waits.
        return error.code.closesConnection ? result : .unwritten(token: write.token, error)
    }

    private func result(of outcome: WriteOutcome, _ write: Request.Write) -> Response {
        switch outcome {
        case .written(let version):
            service.deferredWrites.note(.storeFailed, false)
            return .written(version: version)
        case .conflict:
            return .error(ProtocolError(.conflict, "somebody else has written this session since it was read"))
        case .gone:
            return .error(ProtocolError(.gone, "the session was destroyed or has expired since it was read"))
        case .tooLarge:
            let limit = service.rules.maximumData
            return .error(
                ProtocolError(.dataTooLarge, "\(write.data.count) bytes of session data; the limit is \(limit)")
            )
        case .poolFull(let limit): return .error(Self.protocolError(for: limit))
        case .tooManyOfUser(let limit):
            let reason = "the user has \(limit) sessions, and users.max_sessions allows no more; this one is not kept"
            return .error(ProtocolError(.tooManyOfUser, reason))
        case .locked(let refusal): return .error(Self.protocolError(for: refusal))
        }
    }

    static func protocolError(for limit: PoolLimit) -> ProtocolError {
        let reason =
            switch limit {
            case .sessions(let limit): "there are \(limit) sessions, and limits.sessions allows no more"
            case .totalSize(let limit): "all sessions together take the \(limit) bytes that limits.total_size allows"
            }
        return ProtocolError(.poolFull, "\(reason); this new session is not kept, and others are written as before")
    }

    private static func protocolError(for refusal: LockRefusal) -> ProtocolError {
        switch refusal {
        case .timedOut(let holder):
            ProtocolError(
                .lockTimedOut,
                "another request held the session for the whole wait" + (holder.map { ": \($0)" } ?? "")
            )
        case .tooManyWaiters: ProtocolError(.tooManyWaiters, "too many requests wait for this session already")
        case .cancelled: .stopping
        }
    }

}

extension ProtocolError {
    /// What a request is answered that failed.
    init(for error: any Error) {
        if let error = error as? StoreError {
            self.init(.storeFault, error.message)
        } else {
            self.init(.internalFault, "\(error)")
        }
    }

    /// Whoever guesses ids has guessed too many.
    static let tooManyUnknownIDs = ProtocolError(
        .tooManyUnknownIDs,
        "the browser's address has sent too many ids that no session has; see limits.unknown_ids_per_minute"
    )

    /// What was asked is for the next daemon.
    static let stopping = ProtocolError(.shuttingDown, "the daemon is stopping; ask again on a new connection")
}

extension Response {
    /// Nobody knows whose sessions are meant.
    fileprivate static let noUser = Response.error(
        ProtocolError(.noUser, "this session belongs to no user, and the request names none")
    )
}

extension Response.UserSession {
    fileprivate init(_ session: CloakroomSessions.UserSession) {
        self.init(
            tag: session.tag,
            isOwn: session.isOwn,
            created: session.created,
            lastSeen: session.lastSeen,
            network: session.network,
            browser: session.browser
        )
    }
}

extension Response.IssuedToken {
    fileprivate init(_ issued: CloakroomSessions.IssuedToken) {
        self.init(token: issued.token, lifetime: UInt32(clamping: issued.lifetime))
    }
}

extension AbsenceReason {
    init(_ absence: Absence) {
        switch absence {
        case .unknown: self = .unknown
        case .expired: self = .expired
        case .destroyed: self = .destroyed
        case .unreadable: self = .unreadable
        case .tooOld: self = .tooOld
        case .otherAddress: self = .otherAddress
        case .otherAgent: self = .otherAgent
        case .replaced: self = .replaced
        }
    }
}

extension SessionRead {
    fileprivate init(_ read: Request.Read) {
        self.init(session: read.session, previous: read.previous)
    }
}

extension SessionWrite {
    fileprivate init(_ write: Request.Write) {
        self.init(
            session: write.session,
            version: write.version,
            token: write.token,
            lifetime: write.lifetime,
            data: write.data,
            identification: write.identification,
            authenticated: write.authenticated
        )
    }
}
