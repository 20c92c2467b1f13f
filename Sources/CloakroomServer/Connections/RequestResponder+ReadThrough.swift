// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomSessions
import Logging

/// Pools whose clients look elsewhere for sessions that are unknown here (`docs/moving-in.md`).
extension RequestResponder {
    /// Carries a request out. If the client was looking for a session elsewhere and this does not bring it, the id that it was looking
    /// for counts now as one that nobody has; the answer may be delayed or refused for it, in place of the one before.
    func respond(to request: Request, searching client: SessionClient) -> Immediate {
        let session: SessionReference? =
            switch request {
            case .adopt(let adopt): adopt.session
            case .read(let read) where !read.presented: read.session
            default: nil
            }
        do {
            switch try service.endSearch(of: client, unlessFor: session) {
            case nil, .answered: break
            case .delayed(let pause):
                if case .read = request, case .done(let response?) = carryOut(request, for: client) {
                    return .delayed(response, pause)
                }
                Task { await pause() }
            case .refused:
                guard case .read = request else { break }
                service.release(client)
                return .done(.error(.tooManyUnknownIDs))
            }
        } catch {
            logger.error("an unknown id could not be counted", metadata: ["error": "\(error)"])
        }
        let outcome = carryOut(request, for: client)
        if let session, case .done(.found?) = outcome { service.noteFound(session, by: client) }
        return outcome
    }

    /// Stores what a client brings, and has it on the disk before the client removes what it was copied from.
    func response(to adopt: Request.Adopt, for client: SessionClient) async throws -> Response {
        guard client.holds(adopt.session) else { return .unlocked }
        let session = AdoptedSession(
            data: adopt.data,
            created: adopt.created,
            lastSeen: adopt.lastSeen,
            lifetime: adopt.lifetime
        )
        switch try await service.adopt(session, as: adopt.session, for: client) {
        case .adopted(let version):
            service.noteFound(adopt.session, by: client)
            let service = service
            try await Task.detached { try service.synchronize() }.value
            return .written(version: version)
        case .exists: return .exists
        case .locked: return .unlocked
        case .ended: return response(to: .absent(.destroyed))
        case .expired: return response(to: .absent(.expired))
        case .unreadable: return response(to: .absent(.unreadable))
        case .tooLarge(let limit):
            return .error(
                ProtocolError(.dataTooLarge, "\(adopt.data.count) bytes of session data; the limit is \(limit)")
            )
        case .poolFull(let limit): return .error(Self.protocolError(for: limit))
        }
    }
}

extension Response {
    fileprivate static let exists = Response.error(
        ProtocolError(.conflict, "there is a session of this id already: read it")
    )
    fileprivate static let unlocked = Response.error(
        ProtocolError(.conflict, "this connection does not hold the session's lock, which takes a READ: read it again")
    )
}
