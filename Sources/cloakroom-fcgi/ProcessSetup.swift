// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomCore
import CloakroomSystem
import Glibc

/// What is the process's and not a thread's: signals, limits, and what it leaves behind. Called while there is one thread.
enum ProcessSetup {
    /// libfcgi closes descriptors with the help of select(2), which knows none of 1024 and above.
    static let descriptors = 1_000

    /// Prepares the process.
    ///
    /// - Throws: ``SystemError``
    static func run() throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        // Ids of sessions pass through the memory: no core dump, no ptrace(2) by others of the same user.
        guard cloakroom_gate_set_not_dumpable() == 0, limit(RLIMIT_CORE, to: 0) else {
            throw SystemError("core dumps cannot be switched off")
        }
        guard limit(RLIMIT_NOFILE, to: rlim_t(descriptors)) else {
            throw SystemError("the number of open files cannot be limited to \(descriptors)")
        }
        umask(0o077)
        guard FCGX_Init() == 0 else { throw SystemError("libfcgi cannot be initialised") }
        // libfcgi takes SIGUSR1 for its own.
        signal(SIGUSR1, SIG_IGN)
        block(stopSignals)
    }

    /// The signals that end the process in order: all threads block them, and the first one waits for them.
    static var stopSignals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }

    private static func block(_ signals: sigset_t) {
        var set = signals
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Lowers a limit; one that is lower stays.
    private static func limit(_ resource: __rlimit_resource, to value: rlim_t) -> Bool {
        let resource = __rlimit_resource_t(resource.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return false }
        guard limit.rlim_cur > value || limit.rlim_max > value else { return true }
        var lowered = rlimit(rlim_cur: min(limit.rlim_cur, value), rlim_max: min(limit.rlim_max, value))
        return setrlimit(resource, &lowered) == 0
    }
}
