// SPDX-License-Identifier: Apache-2.0

extension AdminReplies {
    /// Ends work whose outcome nobody can be told any more.
    ///
    /// - Throws: `CancellationError`.
    func expectTaken() throws {
        guard areTaken else { throw CancellationError() }
    }
}
