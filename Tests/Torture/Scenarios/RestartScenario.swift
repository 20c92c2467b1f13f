// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import Foundation
import Synchronization

/// Restarts under load, the listening socket being held by somebody else, as systemd does.
struct RestartScenario: Scenario {
    static let name = "restart"
    static let summary = "SIGTERM under load and a new start, on a socket that stays"

    private static let clients = 8
    private static let sessions = 4

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        let socket = try ListeningSocket(path: daemon.socket)
        let load = Load()
        let arguments = try daemon.configure("[sessions]\nacknowledge = \"deferred\"\n")
        try daemon.start(arguments, under: socket.wrapper, input: socket.handle)
        let path = daemon.socket
        let threads = Threads(Array(0..<Self.clients)) { try Self.serve($0, path: path, load: load) }
        defer { load.end() }
        let restarts = stage.amount(full: 20, short: 4)
        for number in 1...restarts {
            try load.advance(by: stage.amount(full: 500, short: 60), watching: threads)
            let status = daemon.stop()
            try expect(status == 0, "a daemon that was told to stop ended with status \(status)")
            try daemon.start(arguments, under: socket.wrapper, input: socket.handle)
            if number % 5 == 0 { stage.progress("\(number) restarts, \(load.count) increments") }
            stage.figure("restarts", number)
        }
        try load.advance(by: 100, watching: threads)
        load.end()
        let outputs = try threads.outputs()
        let sum = try (0..<Self.sessions).reduce(0) { try $0 + Self.value(of: $1, path: path) }
        stage.figure("increments", load.count)
        stage.figure("lost", load.count - sum)
        stage.figure("failed requests", 0)
        stage.figure("repeated requests", outputs.reduce(0) { $0 + $1.repeats })
        let deferred = outputs.reduce(0) { $0 + $1.deferred }
        stage.figure("deferred writes", deferred)
        try expect(deferred > 0, "no client was told that it need not wait for its writes")
        try expect(sum == load.count, "\(load.count) increments were answered or sent; the sessions hold \(sum)")
    }

    private static func session(_ number: Int) -> SessionReference { .named("restart\(number)") }

    /// Increments one session after the other until the load ends, every other client without waiting for its writes; answers
    /// how many requests were repeated, and how many writes not waited for.
    private static func serve(_ number: Int, path: String, load: Load) throws -> (repeats: Int, deferred: Int) {
        let client = HonestClient(path: path, defers: number % 2 == 0)
        var turn = number
        while load.goesOn {
            _ = try client.increment(session(turn % sessions))
            load.add()
            turn += 1
        }
        return (client.repeats, client.deferred)
    }

    private static func value(of number: Int, path: String) throws -> Int {
        let answer = try ProtocolClient.greeted(path: path).read(session(number))
        guard let data = answer.data, let value = Int(String(decoding: data, as: UTF8.self)) else {
            throw Finding("a session with a number was read as \(answer)")
        }
        return value
    }
}
