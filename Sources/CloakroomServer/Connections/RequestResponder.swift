// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomSessions
import CloakroomStore
import Logging

/// Turns one request into calls on the rules, and their outcome into an answer.
struct RequestResponder: Sendable {
    let service: SessionService
    let logger: Logger

    /// The answer to a request, or `nil` for one that has none. HELLO is the connection's own affair and does not come here.
    func response(to request: Request, for client: SessionClient) async -> Response? {
        do {
            switch request {
            case .hello, .release:
                service.release(client)
                return nil
            case .read(let read): return try await response(to: read, for: client)
            case .write(let write): return await response(to: write, for: client)
            case .touch(let touch):
                defer { if touch.release { service.release(client) } }
                try await service.touch(
                    touch.session,
                    version: touch.version,
                    lifetime: touch.lifetime,
                    for: client
                )
                return nil
            case .destroy(let session): return .destroyed(existed: try await service.destroy(session, for: client))
            case .collect: return .collected(count: UInt32(clamping: try await service.collect()))
            case .ping: return .pong
            }
        } catch {
            let answer = fault(error)
            if case .touch = request { return nil }
            return answer
        }
    }

    /// Logs that a request failed, and remembers it if that was the store's fault.
    private func fault(_ error: any Error) -> Response {
        logger.error("a request failed", metadata: ["error": "\(error)"])
        if error is StoreError { service.deferredWrites.note(.storeFailed) }
        return .error(Self.protocolError(for: error))
    }

    private func response(to read: Request.Read, for client: SessionClient) async throws -> Response {
        let outcome: ReadOutcome
        if read.lock {
            let wait = read.wait == 0 ? service.rules.lockWait : .milliseconds(Int64(read.wait))
            outcome = try await service.readLocked(read.session, for: client, wait: wait)
        } else {
            outcome = try await service.readSnapshot(read.session)
        }
        switch outcome {
        case .found(let version, let data):
            return .found(version: version, data: data, deferred: service.deferredWrites.areTaken)
        case .absent(let absence):
            return .absent(AbsenceReason(absence), deferred: service.deferredWrites.areTaken)
        case .locked(let refusal): return .error(Self.protocolError(for: refusal))
        }
    }

    /// The answer to WRITE: of a deferred one `nil`, or why it was not carried out.
    private func response(to write: Request.Write, for client: SessionClient) async -> Response? {
        let outcome: Response
        do { outcome = try await carryOut(write, for: client) } catch { outcome = fault(error) }
        guard write.deferred else { return outcome }
        service.statistics.add(.deferred)
        guard case .error(let error) = outcome else { return nil }
        service.statistics.add(.unwritten)
        // The client may be gone, so this may be all that anybody hears of it.
        logger.warning(
            "a deferred write was not carried out",
            metadata: ["client": "\(client.identity)", "reason": "\(error)"]
        )
        // What ends the connection is an ERROR, whoever waits.
        return error.code.closesConnection ? outcome : .unwritten(token: write.token, error)
    }

    private func carryOut(_ write: Request.Write, for client: SessionClient) async throws -> Response {
        defer { if write.release { service.release(client) } }
        let outcome = try await service.write(
            SessionWrite(
                session: write.session,
                version: write.version,
                token: write.token,
                lifetime: write.lifetime,
                data: write.data
            ),
            for: client
        )
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
        case .locked(let refusal): return .error(Self.protocolError(for: refusal))
        }
    }

    private static func protocolError(for limit: PoolLimit) -> ProtocolError {
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

    private static func protocolError(for error: any Error) -> ProtocolError {
        if let error = error as? StoreError { return ProtocolError(.storeFault, error.message) }
        return ProtocolError(.internalFault, "\(error)")
    }
}

extension ProtocolError {
    /// What was asked is for the next daemon.
    static let stopping = ProtocolError(.shuttingDown, "the daemon is stopping; ask again on a new connection")
}

extension AbsenceReason {
    fileprivate init(_ absence: Absence) {
        switch absence {
        case .unknown: self = .unknown
        case .expired: self = .expired
        case .destroyed: self = .destroyed
        case .unreadable: self = .unreadable
        }
    }
}
