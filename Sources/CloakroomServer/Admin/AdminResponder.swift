// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin
public import CloakroomSessions

/// Carries out what administrators ask.
public protocol AdminResponder: Sendable {
    /// Carries out a request, and answers it. What changes something goes on when the connection is lost meanwhile.
    ///
    /// - Parameter replies: takes what comes before the last reply.
    func answer(_ request: AdminRequest, _ replies: any AdminReplies) async -> AdminReply
}

/// Takes replies that come before the last one, on any thread.
public protocol AdminReplies: Sendable {
    /// Who asked.
    var administrator: Administrator { get }

    /// Whether anybody can still get them.
    var areTaken: Bool { get }

    /// Says how far the work is. A client that is slow to take replies is not told.
    func report(_ step: WorkStep)

    /// Sends a part of the answer, and waits until the client has room for more.
    ///
    /// - Throws: what the connection ended with, or ``AdminError`` for what does not fit a frame.
    func send(_ reply: AdminReply) async throws

    /// Returns once nobody can get replies any more.
    func end() async
}
