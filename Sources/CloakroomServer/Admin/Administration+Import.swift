// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomSessions

extension Administration {
    /// Takes over sessions that another handler kept, and brings them to disk before it answers, or answers what holds for them.
    func `import`(_ request: ImportRequest, into pool: AdministeredPool) async throws -> ImportReply {
        guard let batch = request.batch else {
            let terms = ImportReply.Terms(
                users: members.users(of: pool.name),
                groups: members.groups(of: pool.name),
                maximumData: pool.sessions.rules.maximumData
            )
            return ImportReply(pool: pool.name.text, terms: terms)
        }
        let name = SessionName(batch.name.utf8)
        var entries: [ImportReply.Entry] = []
        for session in batch.sessions {
            guard let name, let id = SessionID(session.id.utf8) else {
                entries.append(ImportReply.Entry(.invalid, session: nil))
                continue
            }
            let reference = SessionReference(name: name, id: id)
            let outcome = try await take(session, as: reference, isStored: batch.isStored, pool.sessions)
            entries.append(ImportReply.Entry(outcome, session: "\(try pool.sessions.tag(of: reference))"))
            // A batch takes a while; others want to get on too.
            await Task.yield()
        }
        // Also for what was there before, which a client that was killed may have sent: its originals are about to go.
        if batch.isStored { try pool.sessions.synchronize() }
        return ImportReply(pool: pool.name.text, outcomes: entries)
    }

    private func take(
        _ session: ImportedSession,
        as reference: SessionReference,
        isStored: Bool,
        _ service: SessionService
    ) async throws -> ImportOutcome {
        let kept = AdoptedSession(
            data: SessionData(session.data),
            created: UnixTime(seconds: session.created),
            lastSeen: UnixTime(seconds: session.lastSeen),
            lifetime: session.lifetime
        )
        let outcome =
            isStored
            ? try await service.adopt(kept, as: reference) : try await service.examine(kept, as: reference)
        return outcome.map { ImportOutcome($0, lastSeen: kept.lastSeen) } ?? .adoptable
    }
}

extension ImportOutcome {
    /// - Parameter lastSeen: when what was to be adopted was used last.
    fileprivate init(_ outcome: AdoptionOutcome, lastSeen: UnixTime) {
        switch outcome {
        case .adopted: self = .adopted
        case .exists(isEqual: true, _): self = .equal
        case .exists(isEqual: false, let time): self = time > lastSeen ? .newer : .different
        case .ended: self = .ended
        case .expired: self = .expired
        case .tooLarge: self = .tooLarge
        case .poolFull: self = .poolFull
        case .locked: self = .locked
        case .unreadable: self = .unreadable
        }
    }
}
