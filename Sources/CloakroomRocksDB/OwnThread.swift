// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Glibc

/// A thread for what blocks for seconds. Swift's own are as few as processors, and requests that wait for a lock need them.
enum OwnThread {
    /// Runs `body` on a new thread, and waits for its end.
    ///
    /// - Throws: what `body` throws; or ``StoreError/Code/inputOutput`` when there is no thread to be had.
    nonisolated(nonsending) static func run(
        _ body: @escaping @Sendable () throws(StoreError) -> Void
    ) async throws(StoreError) {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, StoreError>, Never>) in
            let code = PosixThread.startDetached {
                do throws(StoreError) {
                    try body()
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if code != 0 { continuation.resume(returning: .failure(fault(code))) }
        }
        try result.get()
    }

    /// Runs `work` on a new thread and `body` on this one, and waits for the end of both.
    ///
    /// - Throws: what `body` throws; or ``StoreError/Code/inputOutput`` when there is no thread to be had.
    static func run(
        _ work: @escaping @Sendable () -> Void,
        beside body: () throws(StoreError) -> Void
    ) throws(StoreError) {
        var thread = pthread_t()
        let code = PosixThread.start(&thread, work)
        guard code == 0 else { throw fault(code) }
        defer { pthread_join(thread, nil) }
        try body()
    }

    private static func fault(_ code: Int32) -> StoreError {
        StoreError(
            .inputOutput,
            "the kernel gave no thread (\(SystemMessage.text(code))); raise TasksMax= of the unit"
        )
    }
}
