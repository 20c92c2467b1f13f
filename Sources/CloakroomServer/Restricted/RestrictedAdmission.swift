// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// Looks at whoever connects to a restricted socket, and refuses before anything is read who may not, or is one too many.
struct RestrictedAdmission: Sendable {
    /// Why a connection is refused, and what to do.
    enum Refusal {
        case notAllowed(String)
        case noRoom(String)

        var reason: String {
            switch self {
            case .notAllowed(let reason), .noRoom(let reason): reason
            }
        }
    }

    let access: RestrictedAccess
    let logger: Logger
    /// What the log says of each that is refused.
    let complaint: Logger.Message

    /// Who is at the other end, or `nil` when the connection is refused.
    ///
    /// - Parameters:
    ///   - takePlace: takes one of the places that there are; answers why there is none.
    ///   - answer: what whoever is refused is told.
    func peer(
        of channel: any Channel,
        takePlace: () -> String?,
        answer: (Refusal) throws -> ByteBuffer
    ) throws -> PeerCredentials? {
        let peer: PeerCredentials
        do { peer = try PeerCredentials(of: channel, withGroups: true) } catch {
            try refuse(channel, .notAllowed("\(error)"), of: nil, answer)
            return nil
        }
        guard let refusal = refusal(of: peer, takePlace) else { return peer }
        try refuse(channel, refusal, of: peer, answer)
        return nil
    }

    private func refusal(of peer: PeerCredentials, _ takePlace: () -> String?) -> Refusal? {
        switch access.verdict(user: peer.uid, groups: peer.groups) {
        case .refused(let reason): .notAllowed(reason)
        case .admitted: takePlace().map { .noRoom($0) }
        }
    }

    private func refuse(
        _ channel: any Channel,
        _ refusal: Refusal,
        of peer: PeerCredentials?,
        _ answer: (Refusal) throws -> ByteBuffer
    ) throws {
        logger.warning(
            complaint,
            metadata: [
                "uid": "\(peer.map { "\($0.uid)" } ?? "")", "pid": "\(peer.map { "\($0.pid)" } ?? "")",
                "reason": "\(refusal.reason)",
            ]
        )
        try channel.pipeline.syncOperations.addHandler(RefusalHandler(answer: try answer(refusal)))
    }
}
