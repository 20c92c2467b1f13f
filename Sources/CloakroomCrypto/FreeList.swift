// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Objects that are dear to make and that one thread at a time may use. It never holds more of them than were in use at
/// the same time, so its size is bounded by the number of threads.
final class FreeList<Object: Sendable>: Sendable {
    private let idle = Locked<[Object]>([])
    private let make: @Sendable () throws(CryptoError) -> Object

    init(make: @escaping @Sendable () throws(CryptoError) -> Object) { self.make = make }

    /// Lends an object, a new one if none is idle. An object whose use failed is not used again.
    func withObject<Result>(
        _ body: (Object) throws(CryptoError) -> Result
    ) throws(CryptoError) -> Result {
        let object: Object
        if let known = idle.withLock({ $0.popLast() }) {
            object = known
        } else {
            object = try make()
        }
        let result = try body(object)
        idle.withLock { $0.append(object) }
        return result
    }
}
