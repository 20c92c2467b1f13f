// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import Foundation
import Testing

/// `cloakroomctl top` on a terminal, and where there is none.
@Suite(.timeLimit(.minutes(10))) struct TopTests {
    private let daemon: DaemonProcess

    init() throws {
        daemon = try DaemonProcess()
        try daemon.start(daemon.configure("[pools.shop]\nunix_users = [47112]\n"))
        _ = try daemon.administrator()
    }

    private func top(
        rows: UInt16 = 24,
        columns: UInt16 = 80,
        _ environment: String...,
        options: [String] = ["--interval", "0.1"]
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            rows: rows,
            columns: columns,
            environment: ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)", "TERM=xterm"] + environment,
            [DaemonProcess.control, "top"] + options
        )
    }

    private static func isShown(_ terminal: PseudoTerminal) -> Bool {
        terminal.screen.first?.hasPrefix("cloakroomd ") == true
    }

    @Test func qEndsItAndLeavesTheTerminalAsItWas() throws {
        let terminal = try top()
        try terminal.await("it is shown") { Self.isShown(terminal) }
        #expect(!terminal.echoes)
        #expect(terminal.screen.count == 24)
        #expect(terminal.screen.allSatisfy { $0.count <= 80 })
        #expect(terminal.screen.contains { $0.contains("default, last minute") })
        terminal.type("q")
        #expect(try terminal.end() == 0)
        #expect(terminal.isAsBefore)
        #expect(terminal.output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
    }

    @Test func ctrlCEndsItWithAStatusOfItsOwn() throws {
        let terminal = try top(options: ["--interval", "3600"])
        try terminal.await("it is shown") { Self.isShown(terminal) }
        terminal.type("\u{03}")
        #expect(try terminal.end() == 130)
        #expect(terminal.isAsBefore)
        #expect(terminal.output.contains("\u{1B}[?25h\u{1B}[?1049l"))
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT]) func signalThatEndsItLeavesTheTerminalAsItWas(_ signal: Int32) throws {
        let terminal = try top()
        try terminal.await("it is shown") { Self.isShown(terminal) }
        kill(try terminal.pid(), signal)
        #expect(try terminal.end() == 128 + Int(signal))
        #expect(terminal.isAsBefore)
    }

    @Test func keysChooseThePool() throws {
        let terminal = try top(options: ["--interval", "3600"])
        let chosen = { terminal.screen.first { $0.hasPrefix(">") }?.split(separator: " ").dropFirst().first }
        try terminal.await("the first is chosen") { chosen() == "default" }
        for (keys, pool) in [
            ("\t", "shop"), ("\u{1B}[A", "default"), ("k", "shop"), ("j", "default"), ("\u{1B}[B", "shop"),
        ] {
            terminal.type(keys)
            try terminal.await("\(keys.debugDescription) chooses \(pool)") {
                chosen() ?? "" == pool && terminal.screen.contains { $0.contains("\(pool), last minute") }
            }
        }
        // Before the interval is over.
        try daemon.write(sessions: 7, "s")
        terminal.type(" ")
        try terminal.await("the new figures") {
            terminal.screen.contains { $0.contains("default") && $0.contains(" 7 ") }
        }
        terminal.type("xyz\u{1B}[5~\u{00}")
        terminal.type("Q")
        #expect(try terminal.end() == 0)
    }

    @Test func screenFollowsTheSizeOfTheTerminal() throws {
        let terminal = try top(options: ["--interval", "3600"])
        try terminal.await("it is shown") { Self.isShown(terminal) }
        for (rows, columns) in [(10, 40), (50, 200), (3, 10), (24, 80)] as [(UInt16, UInt16)] {
            terminal.resize(rows: rows, columns: columns)
            try terminal.await("\(rows) rows") { terminal.screen.count == Int(rows) }
            #expect(terminal.screen.filter { $0.count > Int(columns) } == [])
        }
        terminal.type("q")
        #expect(try terminal.end() == 0)
    }

    @Test func ctrlZGivesTheTerminalBackUntilItGoesOn() throws {
        let terminal = try top(options: ["--interval", "3600"])
        try terminal.await("it is shown") { Self.isShown(terminal) }
        let pid = try terminal.pid()
        terminal.type("\u{1A}")
        try terminal.await("it has stopped") {
            let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
            return status.contains("State:\tT")
        }
        #expect(terminal.echoes)
        let shown = terminal.output.count
        kill(pid, SIGCONT)
        try terminal.await("it is shown again") {
            terminal.output.dropFirst(shown).contains("\u{1B}[?2026l") && !terminal.echoes
        }
        terminal.type("q")
        #expect(try terminal.end() == 0)
        #expect(terminal.isAsBefore)
    }

    @Test func daemonThatIsRestartedIsAwaited() throws {
        let terminal = try top()
        try terminal.await("it is shown") { Self.isShown(terminal) }
        daemon.stop()
        try terminal.await("it says so") { terminal.screen.contains { $0.hasPrefix("WARNING what follows is old: ") } }
        try daemon.start(["--config", daemon.directory.path + "/cloakroom.toml"])
        try terminal.await("it goes on") {
            Self.isShown(terminal) && !terminal.screen.contains { $0.hasPrefix("WARNING") }
        }
        terminal.type("q")
        #expect(try terminal.end() == 0)
    }

    @Test func coloursAreForTerminalsThatWantThem() throws {
        for (variable, areShown) in [("NO_COLOR=", true), ("NO_COLOR=1", false)] {
            let terminal = try top(variable, options: ["--interval", "0.1", "--count", "2"])
            #expect(try terminal.end() == 0)
            #expect(terminal.output.contains("\u{1B}[32mall is well") == areShown)
            // What was shown last stays, on the screen of the shell.
            let left = terminal.output.components(separatedBy: "\u{1B}[?1049l").last ?? ""
            #expect(left.contains("all is well") && left.contains("default, last minute"))
            #expect(terminal.isAsBefore)
        }
    }

    @Test func terminalThatCannotMoveItsCursorGetsBlocks() throws {
        let terminal = try top("TERM=dumb", options: ["--interval", "0.1", "--count", "2"])
        #expect(try terminal.end() == 0)
        #expect(!terminal.output.contains("\u{1B}"))
        #expect(terminal.output.components(separatedBy: "all is well").count == 3)
    }

    @Test func blocksAndLinesAreForProgramsWithoutATerminal() throws {
        try daemon.write(sessions: 4, "s")
        let blocks = try daemon.control("top", "--interval", "0.1", "--count", "3")
        #expect(blocks.status == 0)
        #expect(!blocks.output.contains("\u{1B}"))
        #expect(blocks.output.components(separatedBy: "\n\ncloakroomd ").count == 3)

        let lines = try daemon.control("top", "--interval", "0.1", "--count", "2", "--json", "--pool", "default")
        #expect(lines.status == 0)
        let objects = try lines.output.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.count == 2)
        let pools = try #require(objects.first?["pools"] as? [[String: Any]])
        #expect(pools.count == 1)
        #expect(pools.first?["sessions"] as? Int == 4)
        #expect((pools.first?["perSecond"] as? [String: Any])?["writes"] as? Double == 0)
    }

    @Test func faultsHaveTheStatusOfAnyOtherCommand() throws {
        #expect(try daemon.control("top", "--interval", "0").status == 64)
        #expect(try daemon.control("top", "--count", "0").status == 64)
        #expect(try daemon.control("top", "--pool", "blog").status == 1)
        daemon.stop()
        let terminal = try top()
        #expect(try terminal.end() == 2)
        #expect(terminal.output.contains("there is no admin socket"))
        #expect(terminal.isAsBefore && !terminal.output.contains("\u{1B}"))
    }
}
