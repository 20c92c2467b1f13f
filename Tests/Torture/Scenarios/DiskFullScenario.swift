// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// A disk that fills and is freed, under a daemon that goes on running.
struct DiskFullScenario: Scenario {
    static let name = "disk-full"
    static let summary = "a small disk that fills and is freed, without a restart"

    /// How long the store may take to notice that there is space again.
    private static let recovery = Duration.seconds(60)
    private static let filler = 100_000

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        for kind in stage.amount(full: [SmallDisk.Kind.tmpfs, .ext4], short: [.tmpfs]) { try fill(kind) }
    }

    private func fill(_ kind: SmallDisk.Kind) throws {
        let disk = try SmallDisk(kind)
        let daemon = try stage.makeDaemon()
        let arguments = ["--state-dir", disk.state]
        try daemon.start(arguments)
        let client = try daemon.client()
        // One session is there from the start, to be updated and destroyed while the disk is full.
        var states = [try write(0, counter: 1, client).contents]
        while let contents = try writeOrRefuse(states.count, client) { states.append(contents) }
        stage.progress("\(kind.rawValue) is full after \(states.count) sessions")
        try check(states, client)
        try expectRefusal(client.ask(.destroy(session(0))), "a DESTROY")
        try expectRefusal(update(0, states[0], client), "an update")
        try check(states, client)

        try disk.free()
        let clock = ContinuousClock()
        let freed = clock.now
        try wait(for: "writes to succeed on a disk with space again", atMost: Self.recovery) {
            guard let contents = try writeOrRefuse(states.count, client) else { return false }
            states.append(contents)
            return true
        }
        let seconds = Double((clock.now - freed) / .milliseconds(1)) / 1000
        stage.progress("writes succeed \(String(format: "%.1f", seconds)) s after there is space")
        let updated = Contents(session: 0, counter: 2, filler: Self.filler)
        try expect(update(0, updated, client).version != nil, "an update after the disk was freed")
        states[0] = updated
        try check(states, client)

        daemon.stop(SIGKILL)
        try daemon.start(arguments)
        try check(states, daemon.client())
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        stage.figure("\(kind.rawValue): acknowledged", states.count + 1)
        stage.figure("\(kind.rawValue): lost", 0)
        stage.figure("\(kind.rawValue): resumed after", String(format: "%.1f s", seconds))
    }

    private func session(_ number: Int) -> SessionReference { .named("disk\(number)") }

    private func write(_ number: Int, counter: Int, _ client: ProtocolClient) throws -> (
        contents: Contents, answer: Response
    ) {
        let contents = Contents(session: number, counter: counter, filler: Self.filler)
        return (contents, try client.write(contents.bytes, to: session(number), version: 0, lifetime: 1_000_000))
    }

    /// Writes a new session; `nil` when it was refused as it should be.
    private func writeOrRefuse(_ number: Int, _ client: ProtocolClient) throws -> Contents? {
        try Interruption.check()
        let (contents, answer) = try write(number, counter: 1, client)
        if answer.version != nil { return contents }
        try expectRefusal(answer, "a WRITE")
        let read = try client.read(session(number), lock: false)
        try expect(read == .absent(.unknown), "a session whose WRITE was refused was read as \(read)")
        return nil
    }

    private func update(_ number: Int, _ contents: Contents, _ client: ProtocolClient) throws -> Response {
        let version = try client.read(session(number)).version ?? 0
        return try client.write(contents.bytes, to: session(number), version: version, lifetime: 1_000_000)
    }

    private func expectRefusal(_ answer: Response, _ what: String) throws {
        guard case .error(let error) = answer, error.code == .storeFault else {
            throw Finding("on a full disk, \(what) was answered \(answer)")
        }
        try expect(error.message.contains("No space left"), "the cause is not named: \(error.message)")
    }

    private func check(_ states: [Contents], _ client: ProtocolClient) throws {
        for (number, contents) in states.enumerated() {
            let answer = try client.read(session(number), lock: false)
            try expect(answer.data == contents.bytes, "session \(number) of \(states.count) was read as \(answer)")
        }
    }
}
