// SPDX-License-Identifier: Apache-2.0

/// A store that can set aside what it has at one time, for somebody who copies it while the store goes on.
public protocol CheckpointStore: Sendable {
    /// Makes a checkpoint, and answers the path of its directory: files that do not change any more, with everything that was acknowledged
    /// before the call, and perhaps some of what comes during it. There is one at a time; an earlier one is removed.
    ///
    /// - Throws: ``StoreError`` when there is none then.
    nonisolated(nonsending) func makeCheckpoint() async throws(StoreError) -> String

    /// Removes the checkpoint, if there is one.
    ///
    /// - Throws: ``StoreError`` when something of it is left.
    func removeCheckpoint() throws(StoreError)
}
