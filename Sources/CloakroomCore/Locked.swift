// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A value that one thread at a time can get at: a `Mutex` whose order ThreadSanitizer can see.
///
/// `Mutex` waits in the kernel by means that ThreadSanitizer does not know, so that it takes every value in one for
/// unguarded. Built for it, each critical section also acquires and releases an atomic, which it does know.
public struct Locked<Value>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    #if THREAD_SANITIZER
        @usableFromInline let order = Atomic<Bool>(false)
    #endif

    // Inlinable, as other modules would otherwise run it unspecialised, 1 µs of a request.
    /// Guards a value.
    @inlinable
    public init(_ value: sending Value) { mutex = Mutex(value) }

    /// Calls `body` with the value while nobody else is in such a call.
    @inlinable
    public borrowing func withLock<Result, Failure>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        #if THREAD_SANITIZER
            try mutex.withLock { value throws(Failure) in
                _ = order.load(ordering: .acquiring)
                defer { order.store(true, ordering: .releasing) }
                return try body(&value)
            }
        #else
            try mutex.withLock(body)
        #endif
    }
}
