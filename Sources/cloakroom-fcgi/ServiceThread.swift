// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A thread that runs as long as the process does.
enum ServiceThread {
    /// Starts it.
    ///
    /// - Throws: ``SystemError`` when there is no thread to be had.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let code = PosixThread.startDetached(body)
        guard code == 0 else {
            throw SystemError("a thread cannot be started; raise TasksMax= of the unit", number: code)
        }
    }
}
