// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import Foundation
import Testing

/// A program on a terminal of its own (pty(7)), below a shell that says how it found the terminal and how it was left.
final class PseudoTerminal {
    private let master: Int32
    private let slave: Int32
    private let process = Process()
    private let directory: TemporaryDirectory
    private var received: [UInt8] = []

    /// Starts a program.
    ///
    /// - Parameter environment: variables, as `env` takes them.
    init(rows: UInt16 = 24, columns: UInt16 = 80, environment: [String], _ command: [String]) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // Else it cannot be opened; and its number (ioctl_tty(2), TIOCSPTLCK and TIOCGPTN, which are no plain constants).
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw DaemonProcess.Failure(description: "the system gives no terminal")
        }
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        directory = try TemporaryDirectory()
        resize(rows: rows, columns: columns)
        // Ctrl-C is for the program, and the shell tells how that ended.
        let shell = """
            trap : INT TSTP; cd "$0" && stty -a > before && sh -c 'echo $$ > pid && exec "$@"' sh "$@"
            echo $? > status; stty -a > after
            """
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments =
            ["--ctty", "--wait", "/usr/bin/env"] + environment + ["/bin/sh", "-c", shell, directory.path] + command
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
    }

    deinit {
        if let pid = pid_t(contents(of: "pid")) { kill(pid, SIGKILL) }
        process.terminate()
        close(slave)
        close(master)
    }

    /// The program's process id.
    func pid() throws -> pid_t { try #require(pid_t(contents(of: "pid"))) }

    private func contents(of name: String) -> String {
        let text = try? String(contentsOfFile: directory.path(of: name), encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// Gives the terminal another size.
    func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Presses keys.
    func type(_ keys: String) { _ = Array(keys.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

    /// Whether what is typed is shown.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(master, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// All that was shown so far.
    var output: String { String(decoding: received, as: UTF8.self) }

    /// The last screen that was shown as a whole, without looks.
    var screen: [String] {
        let frame = output.components(separatedBy: "\u{1B}[H").last { $0.contains("\u{1B}[?2026l") } ?? ""
        let text = frame.components(separatedBy: "\u{1B}[?2026l")[0]
        return text.components(separatedBy: "\r\n").map { line in
            line.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
        }
    }

    /// Takes what is shown until something is so.
    func await(_ what: String, _ condition: () -> Bool) throws {
        let end = Date(timeIntervalSinceNow: 60)
        while true {
            take()
            if condition() { return }
            try #require(Date.now < end, "\(what): \(output.debugDescription)")
        }
    }

    private func take() {
        var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 20) > 0 else { return }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &chunk, chunk.count)
        if count > 0 { received += chunk[..<count] }
    }

    /// Waits for the end; answers the exit status as a shell has it.
    func end() throws -> Int {
        try self.await("the end") { !contents(of: "after").isEmpty }
        return try #require(Int(contents(of: "status")))
    }

    /// Whether the terminal is set as it was.
    var isAsBefore: Bool { !contents(of: "before").isEmpty && contents(of: "before") == contents(of: "after") }
}
