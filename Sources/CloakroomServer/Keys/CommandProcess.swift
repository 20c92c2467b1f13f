// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
internal import CSpawn
import Glibc

/// A program that runs without a shell, in a process group of its own. It belongs to one thread.
final class CommandProcess {
    /// How a process ended.
    enum End: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// How long the kernel may take to end a killed process; one that hangs in a driver is left behind.
    private static let patience = Duration.seconds(1)

    private let pid: pid_t
    private var isReaped = false

    /// Starts the program with nothing to read, its output and its complaints going to these descriptors, all others closed,
    /// default signals, and the environment of this process without what is this process's own.
    ///
    /// - Parameter withheld: variables that it does not get either.
    /// - Throws: ``KeySourceError`` when there is no such program.
    init(_ arguments: [String], output: Int32, complaints: Int32, withheld: Set<String>) throws(KeySourceError) {
        // If whoever started the daemon ignored it, the end of a command could not be seen.
        signal(SIGCHLD, SIG_DFL)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO)
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )

        var texts = arguments.map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var environment = Self.environment(without: withheld)
        var pid: pid_t = 0
        let error = posix_spawn(&pid, arguments[0], &actions, &attributes, &texts, &environment)
        guard error == 0 else {
            throw KeySourceError(
                .command,
                "the key command \(arguments[0]) cannot be started: \(SystemMessage.text(error)); "
                    + "name a program that user id \(geteuid()) may run"
            )
        }
        self.pid = pid
    }

    deinit { end() }

    /// How the process ended, if it has. It stays a zombie, so that its number and its group's are not given to others.
    var status: End? {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 {
            // Nobody else waits for this process; if somebody did, it would have ended.
            guard errno == EINTR else { return .exited(-1) }
        }
        guard info.si_signo == SIGCHLD else { return nil }
        let status = info._sifields._sigchld.si_status
        return info.si_code == CLD_EXITED ? .exited(status) : .killed(signal: status)
    }

    /// Kills what is left of the group, and takes the process off the kernel's list.
    func end() {
        guard !isReaped else { return }
        isReaped = true
        _ = kill(-pid, SIGKILL)
        let deadline = ContinuousClock.now + Self.patience
        while waitpid(pid, nil, WNOHANG) == 0, ContinuousClock.now < deadline { _ = poll(nil, 0, 1) }
    }

    /// The entries themselves, not copies: there may be secrets among them.
    private static func environment(without withheld: Set<String>) -> [UnsafeMutablePointer<CChar>?] {
        var entries: [UnsafeMutablePointer<CChar>?] = []
        guard var next = CSpawn_environ() else { return [nil] }
        while let entry = next.pointee {
            next += 1
            // A variable that was wiped has left an empty entry.
            guard let equals = strchr(entry, Int32(UInt8(ascii: "="))) else { continue }
            let name = String(
                decoding: UnsafeRawBufferPointer(start: entry, count: equals - entry),
                as: UTF8.self
            )
            let isOwn = name.hasPrefix("LISTEN_") || name.hasPrefix("WATCHDOG_") || name == "NOTIFY_SOCKET"
            if !isOwn, !withheld.contains(name) { entries.append(entry) }
        }
        return entries + [nil]
    }
}
