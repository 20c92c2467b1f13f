// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A thread that runs as long as the process does.
enum ServiceThread {
    private final class Job: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts it.
    ///
    /// - Throws: ``SystemError`` when there is no thread to be had.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let job = Unmanaged.passRetained(Job(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            },
            job.toOpaque()
        )
        guard code == 0 else {
            job.release()
            throw SystemError("a thread cannot be started; raise TasksMax= of the unit", number: code)
        }
        pthread_detach(thread)
    }
}
