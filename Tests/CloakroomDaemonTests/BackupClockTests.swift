// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// How long sessions last that came back from a backup.
@Suite(.timeLimit(.minutes(10))) struct BackupClockTests {
    private let clock: MovableClock
    private let bench: BackupBench
    private var daemon: DaemonProcess { bench.daemon }

    init() throws {
        clock = try MovableClock()
        bench = try BackupBench("[sessions]\nsweep_interval = 1\n", clock: clock)
        try bench.start()
        #expect(
            try daemon.client().write("contents".utf8, to: session("alice"), version: 0, lifetime: 1440).version != nil
        )
    }

    private func isAlive() throws -> Bool {
        try daemon.client().read(session("alice"), lock: false).data == Array("contents".utf8)
    }

    @Test func sessionKeepsItsDeadlineOverARestore() throws {
        clock.advance(seconds: 100)
        try bench.made()
        clock.advance(seconds: 400)
        #expect(daemon.stop() == 0)
        clock.advance(seconds: 400)
        try bench.restored()
        try bench.start()
        clock.advance(seconds: 500)
        #expect(try isAlive())
        clock.advance(seconds: 41)
        #expect(try !isAlive())
    }

    @Test func sessionThatExpiredSinceTheBackupDoesNotComeBack() throws {
        try bench.made()
        #expect(daemon.stop() == 0)
        clock.advance(seconds: 1441)
        try bench.restored()
        try bench.start()
        #expect(try !isAlive())
    }

    @Test(arguments: [-86_400, 86_400] as [Int64])
    func wallClockThatIsSetSinceTheBackupMovesNothing(_ jump: Int64) throws {
        try bench.made()
        clock.jump(seconds: jump)
        #expect(daemon.stop() == 0)
        try bench.restored()
        try bench.start()
        clock.advance(seconds: 1400)
        #expect(try isAlive())
        clock.advance(seconds: 41)
        #expect(try !isAlive())
    }

    /// Another run of the machine, or another machine, by another number of the boot.
    private func startElsewhere() throws {
        let file = daemon.directory.path(of: "boot_id")
        try "00000000-0000-0000-0000-000000000002\n".write(toFile: file, atomically: true, encoding: .utf8)
        try daemon.start(
            [],
            under: [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                "mount --bind '\(file)' /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh",
            ]
        )
    }

    @Test func onAnotherMachineTheWallClockCounts() throws {
        clock.advance(seconds: 1000)
        try bench.made()
        #expect(daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: bench.store)
        // An hour behind: time goes on from when the backup was made.
        clock.jump(seconds: -3600)
        try bench.restored()
        try startElsewhere()
        clock.advance(seconds: 400)
        #expect(try isAlive())
        clock.advance(seconds: 41)
        #expect(try !isAlive())
    }
}
