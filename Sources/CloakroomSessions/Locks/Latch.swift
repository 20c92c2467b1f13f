// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A POSIX mutex. Beside `Mutex` of the standard library, which hands its value to a closure that may not be called with
/// just anything, it only locks.
///
/// Sendable without a check, because a mutex is made for many threads.
final class Latch: @unchecked Sendable {
    // On the heap, as a mutex must not move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Waits until nobody has it.
    func lock() { pthread_mutex_lock(mutex) }

    /// Gives it up; only on the thread that locked it.
    func unlock() { pthread_mutex_unlock(mutex) }
}
