// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// How long sessions last when the clocks of the machine are moved.
@Suite(.timeLimit(.minutes(10))) struct ClockTests {
    private static let day: Int64 = 86_400

    private let clock: MovableClock
    private let daemon: DaemonProcess

    init() throws {
        clock = try MovableClock()
        daemon = try DaemonProcess(clock: clock)
    }

    private func start() throws {
        try daemon.start(try daemon.configure("[sessions]\nsweep_interval = 1\n"))
    }

    /// Makes a session.
    private func make(_ id: String, lifetime: UInt32) throws {
        #expect(
            try daemon.client().write("contents".utf8, to: session(id), version: 0, lifetime: lifetime).version != nil
        )
    }

    private func read(_ id: String) throws -> Response { try daemon.client().read(try session(id), lock: false) }

    private func expectAlive(_ ids: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        for id in ids { #expect(try read(id).data == Array("contents".utf8), sourceLocation: sourceLocation) }
    }

    /// Waits until a session that does not last long has expired, which it does by itself.
    private func awaitEnd(of id: String) throws {
        let end = Date(timeIntervalSinceNow: 30)
        while try read(id).data != nil {
            try #require(Date.now < end, "\(daemon.log)")
            usleep(10_000)
        }
    }

    /// Waits for a line of the log.
    private func awaitLog(_ text: String) throws {
        let end = Date(timeIntervalSinceNow: 30)
        while !daemon.log.contains(text) {
            try #require(Date.now < end, "\(daemon.log)")
            usleep(10_000)
        }
    }

    @Test func sessionOf24MinutesEndsWhenTheyHavePassed() throws {
        try start()
        try make("alice", lifetime: 1440)
        clock.advance(seconds: 1400)
        try expectAlive("alice")
        clock.advance(seconds: 41)
        #expect(try read("alice") == .absent(.expired))
    }

    @Test(arguments: [-day, day]) func sessionLastsAsLongWhenTheWallClockIsSet(_ jump: Int64) throws {
        try start()
        try make("alice", lifetime: 1440)
        try make("bob", lifetime: 2)
        clock.jump(seconds: jump)
        try awaitEnd(of: "bob")
        try expectAlive("alice")
        try make("carol", lifetime: 2)
        try awaitEnd(of: "carol")
        // The message says in which direction the sessions' clock is off.
        try awaitLog("\(jump < 0 ? "ahead" : "behind")=\"86400 s\"")
        clock.advance(seconds: 1400)
        try expectAlive("alice")
        clock.advance(seconds: 41)
        #expect(try read("alice").data == nil)
    }

    @Test(arguments: [-day, day], [SIGTERM, SIGKILL])
    func sessionLastsAsLongAcrossARestart(_ jump: Int64, _ signal: Int32) throws {
        try start()
        try make("alice", lifetime: 1440)
        try make("bob", lifetime: 100)
        clock.jump(seconds: jump)
        // A sweep has stored the time at least once, and that suffices.
        try awaitLog("the system's clock was set")
        daemon.stop(signal)
        clock.advance(seconds: 50)
        try start()
        try expectAlive("alice", "bob")
        clock.advance(seconds: 51)
        #expect(try read("bob").data == nil)
        clock.advance(seconds: 1300)
        try expectAlive("alice")
        clock.jump(seconds: -jump)
        clock.advance(seconds: 40)
        #expect(try read("alice").data == nil)
    }

    @Test func wallClockThatIsSetWhileTheDaemonIsDownMovesNothing() throws {
        try start()
        try make("alice", lifetime: 1440)
        for jump in [Self.day, -2 * Self.day] {
            #expect(daemon.stop() == 0, "\(daemon.log)")
            clock.jump(seconds: jump)
            try start()
            try expectAlive("alice")
        }
        clock.advance(seconds: 1441)
        #expect(try read("alice").data == nil)
    }

    /// Where the kernel says that the machine was restarted: its number is covered by another one.
    private func startAfterReboot(_ number: Int) throws {
        let file = daemon.directory.path(of: "boot_id")
        try "00000000-0000-0000-0000-00000000000\(number)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try daemon.start(
            try daemon.configure("[sessions]\nsweep_interval = 1\n"),
            under: [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                "mount --bind '\(file)' /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh",
            ]
        )
    }

    @Test func timeDoesNotRunBackwardsAcrossARestartOfTheMachine() throws {
        try startAfterReboot(1)
        try make("alice", lifetime: 1440)
        try make("bob", lifetime: 2)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        clock.jump(seconds: -Self.day)
        try startAfterReboot(2)
        try expectAlive("alice")
        try awaitEnd(of: "bob")
        #expect(daemon.stop() == 0, "\(daemon.log)")
        // Only the wall clock knows how long the machine was off.
        clock.jump(seconds: 2 * Self.day)
        try startAfterReboot(3)
        #expect(try read("alice").data == nil)
    }

    @Test func timeThatIsFarAheadIsGivenUpWithARestartOfTheMachine() throws {
        clock.jump(seconds: 1000 * Self.day)
        try startAfterReboot(1)
        try make("alice", lifetime: 1440)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        clock.jump(seconds: -1000 * Self.day)
        try startAfterReboot(2)
        try awaitLog("is more than a year ahead of the system's clock")
        #expect(try read("alice") == .absent(.expired))
        try make("bob", lifetime: 1440)
        try expectAlive("bob")
        try make("alice", lifetime: 1440)
        try expectAlive("alice")
    }
}
