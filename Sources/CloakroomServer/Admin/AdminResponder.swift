// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin

/// Carries out what administrators ask.
public protocol AdminResponder: Sendable {
    /// Carries out a request, and answers it. It goes on when the connection is lost meanwhile.
    ///
    /// - Parameter progress: what may be called with replies before the last one, on any thread.
    func answer(_ request: AdminRequest, progress: @escaping @Sendable (AdminReply) -> Void) async -> AdminReply
}
