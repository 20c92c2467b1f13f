// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin

extension AdminClient {
    /// Asks about sessions where no progress comes, and waits for the last reply.
    func askAbout(
        _ request: SessionsRequest,
        each: (SessionsReply) throws -> Void = { _ in }
    ) throws -> SessionsReply {
        try askAbout(request, progress: { _ in }, each: each)
    }

    /// Asks about sessions, and waits for the last reply.
    ///
    /// - Parameter each: gets the parts of the answer as they come; what it throws ends the wait.
    func askAbout(
        _ request: SessionsRequest,
        progress: (WorkStep) -> Void,
        each: (SessionsReply) throws -> Void = { _ in }
    ) throws -> SessionsReply {
        var failure: (any Error)?
        let last = try ask(.sessions(request)) { reply in
            switch reply {
            case .progress(let step): progress(step)
            case .sessions(let part):
                do { try each(part) } catch { failure = failure ?? error }
            default: failure = failure ?? CommandError.unexpected(reply)
            }
        }
        if let failure { throw failure }
        guard case .sessions(let reply) = last else { throw CommandError.unexpected(last) }
        return reply
    }
}
