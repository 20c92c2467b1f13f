// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// `kill -9` under load; every answered change must be there afterwards.
struct CrashScenario: Scenario {
    static let name = "crash"
    static let summary = "kill -9 under load, then a look at every session"

    private static let clients = 8

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        let sessions = stage.amount(full: 100, short: 25)
        var clients = (0..<Self.clients).map {
            CrashClient(number: $0, sessions: sessions, generator: stage.generator(1 + $0))
        }
        var generator = stage.generator()
        var tally = CrashTally()
        let kills = stage.amount(full: 100, short: 6)
        for number in 1...kills {
            try daemon.start()
            clients = try check(clients, daemon, into: &tally)
            let target = Int.random(in: 20...stage.amount(full: 2000, short: 200), using: &generator)
            let kill = CrashTrigger(pid: daemon.pid, changes: target)
            clients = try inParallel(clients) { [path = daemon.socket] in try $0.loaded(path: path, until: kill) }
            try expect(daemon.wait() == -SIGKILL, "the daemon ended by itself")
            tally.acknowledged += kill.count
            // Sometimes also while it replays the log.
            if Int.random(in: 0..<4, using: &generator) == 0 {
                try daemon.launch(DaemonProcess.binary, arguments: daemon.standardArguments)
                usleep(UInt32.random(in: 0...30_000, using: &generator))
                daemon.stop(SIGKILL)
                tally.killsAtStart += 1
            }
            tally.kills = number
            if number % 10 == 0 { stage.progress("\(number) kills, \(tally.acknowledged) changes acknowledged") }
            tally.show(on: stage)
        }
        try daemon.start()
        _ = try check(clients, daemon, into: &tally)
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
    }

    /// Settles what was not answered, then looks at every session.
    private func check(
        _ clients: [CrashClient],
        _ daemon: DaemonProcess,
        into tally: inout CrashTally
    ) throws -> [CrashClient] {
        // All repeat before anybody goes on, as a repeated write is known until the next write of its session.
        let settled = try inParallel(clients) { [path = daemon.socket] in try $0.settled(path: path) }
        let checked = try inParallel(settled) { [path = daemon.socket] in try $0.checked(path: path) }
        for (_, differences) in checked { tally.differences += differences }
        tally.repeats = checked.reduce(0) { $0 + $1.0.repeats }
        let increments = settled.reduce(0) { $0 + $1.increments }
        let sum = try CrashClient.sum(daemon.client())
        tally.differences.lost += max(increments - sum, 0)
        tally.differences.wrong += max(sum - increments, 0)
        tally.show(on: stage)
        try expect(tally.differences == .init(), "after kill \(tally.kills): \(tally.differences)")
        return checked.map(\.0)
    }
}
