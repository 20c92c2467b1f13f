// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// Threads of the kernel's (pthread_create(3)), for what would keep one of Swift's, which are as few as processors.
package enum PosixThread {
    private final class Job: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that nobody waits for; answers 0, or the number of the error.
    package static func startDetached(_ body: @escaping @Sendable () -> Void) -> Int32 {
        var thread = pthread_t()
        let code = start(&thread, body)
        if code == 0 { pthread_detach(thread) }
        return code
    }

    /// Starts a thread, which the caller joins; answers 0, or the number of the error.
    package static func start(_ thread: inout pthread_t, _ body: @escaping @Sendable () -> Void) -> Int32 {
        let job = Unmanaged.passRetained(Job(body))
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
        if code != 0 { job.release() }
        return code
    }
}
