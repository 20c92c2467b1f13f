// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What happens while "top" waits: keys, and signals. Those that end the program end it at once, also while the daemon is being asked.
final class TopEvents: Sendable {
    /// What happened.
    enum Event: Equatable {
        /// It is time for the next figures.
        case due
        /// To be ended.
        case quit
        /// The next figures are wanted now.
        case refresh
        /// So many pools further down.
        case move(Int)
        /// The terminal has another size.
        case resize
        /// To be stopped for a while.
        case suspend
    }

    private let terminal: Terminal?
    // A byte for each signal that is passed on.
    private let readEnd: Int32
    private let writeEnd: Int32

    /// Begins to watch. Signals are taken by a thread of its own.
    ///
    /// - Parameter terminal: is given back when the program is ended; `nil`: there is none, and so there are no keys.
    /// - Throws: ``CommandError`` when the system refuses.
    init(_ terminal: Terminal?) throws {
        self.terminal = terminal
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandError("cannot make a pipe: error \(errno)") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        var signals = signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, { watchSignals($0) }, context)
        guard code == 0 else {
            Unmanaged<TopEvents>.fromOpaque(context).release()
            throw CommandError("cannot watch for Ctrl-C: error \(code)")
        }
        pthread_detach(thread)
    }

    private var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&set, number) }
        // Without a screen, there is nothing to be done about these.
        if terminal != nil { for number in [SIGWINCH, SIGTSTP] { sigaddset(&set, number) } }
        return set
    }

    /// Waits for the next event, at most until `end`.
    func next(until end: ContinuousClock.Instant) -> Event {
        while true {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            guard left > 0 else { return .due }
            var sources = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
            if terminal?.hasKeys == true { sources.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)) }
            guard poll(&sources, nfds_t(sources.count), Int32(left.rounded(.up))) > 0 else { continue }
            if sources[0].revents != 0, let event = signal() { return event }
            if sources.count > 1, sources[1].revents != 0, let event = key() { return event }
        }
    }

    private func signal() -> Event? {
        var number: UInt8 = 0
        guard read(readEnd, &number, 1) == 1 else { return nil }
        return Int32(number) == SIGTSTP ? .suspend : .resize
    }

    private func key() -> Event? {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        // The terminal is gone.
        guard count > 0 else { return .quit }
        return Self.event(of: keys[..<count])
    }

    /// What keys that were pressed together are for; the last one counts, but the end comes first. Others are for nothing.
    static func event(of keys: some Collection<UInt8>) -> Event? {
        let text = String(decoding: keys, as: UTF8.self)
        if text.contains(where: { "qQ".contains($0) }) { return .quit }
        // Cursor keys and Shift-Tab (ECMA-48; also as sent in xterm's application mode).
        if ["\u{1B}[A", "\u{1B}OA", "\u{1B}[Z"].contains(where: text.hasSuffix) { return .move(-1) }
        if ["\u{1B}[B", "\u{1B}OB"].contains(where: text.hasSuffix) { return .move(1) }
        switch text.last {
        case "\t", "j": return .move(1)
        case "k": return .move(-1)
        case " ", "\u{0C}": return .refresh
        default: return nil
        }
    }

    fileprivate func run() {
        var signals = signals
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            if number == SIGWINCH || number == SIGTSTP {
                var byte = UInt8(number)
                _ = write(writeEnd, &byte, 1)
                continue
            }
            terminal?.giveBack()
            if number == SIGINT { _exit(Failure.Status.interrupted.rawValue) }
            // As if it had not been caught.
            Glibc.signal(number, SIG_DFL)
            var own = sigset_t()
            sigemptyset(&own)
            sigaddset(&own, number)
            pthread_sigmask(SIG_UNBLOCK, &own, nil)
            raise(number)
        }
    }
}

private func watchSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<TopEvents>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
