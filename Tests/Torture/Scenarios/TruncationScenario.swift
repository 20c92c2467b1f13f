// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// The write-ahead log cut at a random offset, as after a power failure. The store must then hold what it held after the last
/// change that is in the log as a whole: nothing newer, nothing older, nothing else.
struct TruncationScenario: Scenario {
    static let name = "truncation"
    static let summary = "the log cut at a random offset, then a look at every session"

    private static let sessions = 40

    /// What each session holds.
    private typealias State = [Int: Contents]

    /// Changes in order, and the log's length once each was answered.
    private struct Written {
        var states: [State]
        var ends: [Int] = []
    }

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        var generator = stage.generator()
        var state = State()
        var counter = 0
        var changes = 0
        var dropped = 0
        let truncations = stage.amount(full: 200, short: 10)
        for number in 1...truncations {
            try daemon.start()
            let count = Int.random(in: 20...150, using: &generator)
            let written = try write(count, from: state, counter: &counter, to: daemon, using: &generator)
            daemon.stop(SIGKILL)
            let log = try newestLog(daemon)
            let length = try Self.length(of: log)
            let cut = Int.random(in: 0...length, using: &generator)
            try Self.cut(log, at: cut, length: length, using: &generator)
            do { try daemon.start() } catch {
                throw Finding("no start after a cut of \(length) bytes at \(cut): \(error)")
            }
            let kept = written.ends.count { $0 <= cut }
            state = try read(daemon)
            if state != written.states[kept] {
                let other = written.states.lastIndex(of: state).map { "after change \($0)" } ?? "no state it ever had"
                throw Finding(
                    "cut \(number), at \(cut) of \(length) bytes: expected change \(kept) of \(count), found \(other)"
                )
            }
            changes += count
            dropped += count - kept
            stage.figure("truncations", number)
            stage.figure("changes", changes)
            stage.figure("cut off", dropped)
            stage.figure("failed starts", 0)
            stage.figure("wrong or unreadable", 0)
            if number % 20 == 0 { stage.progress("\(number) truncations, \(dropped) of \(changes) changes cut off") }
            try expect(daemon.stop() == 0, "the daemon did not stop in order")
        }
    }

    private static func session(_ number: Int) -> SessionReference { .named("cut\(number)") }

    /// Writes and destroys sessions, one after the other.
    private func write(
        _ count: Int,
        from state: State,
        counter: inout Int,
        to daemon: DaemonProcess,
        using generator: inout SeededGenerator
    ) throws -> Written {
        let client = try daemon.client()
        let log = try newestLog(daemon)
        var written = Written(states: [state])
        var state = state
        while written.ends.count < count {
            let number = Int.random(in: 0..<Self.sessions, using: &generator)
            if state[number] != nil, Int.random(in: 0..<8, using: &generator) == 0 {
                let answer = try client.ask(.destroy(Self.session(number)))
                try expect(answer == .destroyed(existed: true), "a DESTROY was answered \(answer)")
                state[number] = nil
            } else {
                let filler = Int.random(in: 0...(counter % 20 == 0 ? 80_000 : 1500), using: &generator)
                counter += 1
                let contents = Contents(session: number, counter: counter, filler: filler)
                let version = try client.read(Self.session(number)).version ?? 0
                let answer = try client.write(
                    contents.bytes,
                    to: Self.session(number),
                    version: version,
                    lifetime: 1_000_000
                )
                try expect(answer.version != nil, "a WRITE was answered \(answer)")
                state[number] = contents
            }
            written.states.append(state)
            written.ends.append(try Self.length(of: log))
        }
        try expect(try newestLog(daemon) == log, "the log was changed for another, which this scenario does not expect")
        return written
    }

    private func read(_ daemon: DaemonProcess) throws -> State {
        let client = try daemon.client()
        var state = State()
        for number in 0..<Self.sessions {
            let answer = try client.read(Self.session(number), lock: false)
            if answer == .absent(.unknown) { continue }
            guard let contents = answer.data.flatMap({ Contents($0) }), contents.session == number else {
                throw Finding("a session was read as \(answer)")
            }
            state[number] = contents
        }
        return state
    }

    private func newestLog(_ daemon: DaemonProcess) throws -> String {
        let directory = daemon.stateDirectory + "/rocksdb"
        let logs = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".log") }
        guard let log = logs.max(by: { ($0.count, $0) < ($1.count, $1) }) else { throw Finding("there is no log") }
        return directory + "/" + log
    }

    private static func length(of file: String) throws -> Int {
        var status = stat()
        guard stat(file, &status) == 0 else { throw Finding("\(file) has gone") }
        return Int(status.st_size)
    }

    /// Ends the file at `offset`; in some cases there are zeros or something else in place of the rest, as some file systems
    /// leave it.
    private static func cut(_ file: String, at offset: Int, length: Int, using generator: inout SeededGenerator) throws
    {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.truncate(atOffset: UInt64(offset))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: try handle.truncate(atOffset: UInt64(length))
        case 1:
            try handle.seekToEnd()
            try handle.write(
                contentsOf: (offset..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            )
        default: break
        }
        try handle.close()
    }
}
