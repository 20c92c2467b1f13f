// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// The terminal while something is shown on it in place: without echo, without a cursor, on its other screen (ECMA-48; xterm's private
/// modes 25 and 1049). However the program ends, the terminal is left as it was found.
final class Terminal: Sendable {
    private struct State {
        // What the terminal had before, while it is taken; `nil` when there is no keyboard.
        var settings: termios?
        var isTaken = false
    }

    private let state = Locked(State())
    /// Whether keys can be read.
    let hasKeys = isatty(STDIN_FILENO) == 1

    /// Takes the terminal.
    func take() {
        state.withLock { state in
            guard !state.isTaken else { return }
            state.isTaken = true
            var found = termios()
            if hasKeys, tcgetattr(STDIN_FILENO, &found) == 0 {
                state.settings = found
                var own = found
                // Keys as they come; Ctrl-C and Ctrl-Z are still signals.
                own.c_lflag &= ~tcflag_t(ICANON | ECHO)
                withUnsafeMutableBytes(of: &own.c_cc) { characters in
                    characters[Int(VMIN)] = 0
                    characters[Int(VTIME)] = 0
                }
                tcsetattr(STDIN_FILENO, TCSANOW, &own)
            }
            Output.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J", to: STDOUT_FILENO)
        }
    }

    /// Gives the terminal back. Nothing is shown any more until it is taken again.
    func giveBack() {
        state.withLock { state in
            guard state.isTaken else { return }
            state.isTaken = false
            Output.write("\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO)
            guard var settings = state.settings else { return }
            // What was typed meanwhile is not for the shell.
            tcflush(STDIN_FILENO, TCIFLUSH)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
    }

    /// Shows as many lines as there are rows, each cut to the width, in place of what is there; all at once, where the terminal can
    /// (mode 2026, synchronized output).
    func show(_ lines: [String]) {
        let columns = Self.size.columns
        // Each line is cleared before it is written: behind a full line, the cursor is still on its last character.
        let text = lines.map { "\u{1B}[K" + TerminalLine.cut($0, to: columns) }.joined(separator: "\n")
        state.withLock { state in
            if state.isTaken { Output.write("\u{1B}[?2026h\u{1B}[H\(text)\u{1B}[?2026l", to: STDOUT_FILENO) }
        }
    }

    /// Its size; 80 by 24 where it does not say.
    static var size: (rows: Int, columns: Int) {
        var found = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &found) == 0, found.ws_row > 0, found.ws_col > 0 else {
            return (24, 80)
        }
        return (Int(found.ws_row), Int(found.ws_col))
    }
}
