// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How often the service manager wants to hear ``SystemdNotifier/State/watchdog`` (sd_watchdog_enabled(3)).
public enum SystemdWatchdog {
    /// Half of the manager's limit, as its manual page recommends; nil when it does not watch this process.
    ///
    /// - Throws: ``SystemdError`` when `WATCHDOG_USEC` or `WATCHDOG_PID` is not a number.
    public static func interval() throws(SystemdError) -> Duration? {
        try interval(
            microseconds: ProcessEnvironment.value(of: "WATCHDOG_USEC"),
            pid: ProcessEnvironment.value(of: "WATCHDOG_PID"),
            ownPID: getpid()
        )
    }

    static func interval(microseconds: String?, pid: String?, ownPID: Int32) throws(SystemdError) -> Duration? {
        guard let microseconds else { return nil }
        guard let limit = Int64(microseconds), limit > 0 else {
            throw SystemdError(.environment, "WATCHDOG_USEC is not a number of microseconds: \"\(microseconds)\"")
        }
        if let pid {
            guard let number = Int32(pid), number > 0 else {
                throw SystemdError(.environment, "WATCHDOG_PID is not a process id: \"\(pid)\"")
            }
            guard number == ownPID else { return nil }
        }
        return .microseconds(limit) / 2
    }
}
