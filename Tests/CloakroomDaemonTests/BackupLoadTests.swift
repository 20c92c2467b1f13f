// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Backups that are made while clients write all the time.
@Suite(.timeLimit(.minutes(10))) struct BackupLoadTests {
    private static let rounds = 4

    @Test(arguments: ["written", "deferred"])
    func whatWasAcknowledgedBeforeABackupBeganIsInIt(_ mode: String) throws {
        let bench = try BackupBench("[sessions]\nacknowledge = \"\(mode)\"\n")
        try bench.start()
        let writers = try (0..<4).map {
            try BackupWriters.Writer(bench.daemon, number: $0, isDeferred: mode == "deferred")
        }
        let load = BackupWriters(writers)
        var backups: [(name: String, acknowledged: [[Int]])] = []
        for round in 0..<Self.rounds {
            try bench.daemon.await("round \(round) is written") { load.leastRound >= 3 * (round + 1) || load.hasFailed }
            let acknowledged = load.acknowledged
            backups.append((try bench.made(), acknowledged))
        }
        let failures = load.stop()
        #expect(failures.isEmpty, "\(failures)")
        #expect(bench.daemon.stop() == 0)
        for (name, acknowledged) in backups {
            #expect(try bench.secondOpinion(of: name).status == 0)
            try bench.restored("--backup", name)
            try bench.start()
            try expect(acknowledged, in: bench.daemon, "\(name)")
            let verified = try bench.daemon.control("verify")
            #expect(verified.status == 0, "\(verified.output)")
            #expect(bench.daemon.stop() == 0)
        }
        let last = try #require(backups.last).acknowledged.joined()
        #expect(last.count > 100 && last.allSatisfy { $0 > 0 }, "the load was none: \(last.count) sessions")
    }

    private func expect(_ acknowledged: [[Int]], in daemon: DaemonProcess, _ name: String) throws {
        let client = try daemon.client()
        for (writer, rounds) in acknowledged.enumerated() {
            for (number, round) in rounds.enumerated() {
                let data = try client.read(BackupWriters.session(writer, number), lock: false).data
                let found = data.flatMap { BackupWriters.round(in: $0) } ?? 0
                #expect(
                    found >= round,
                    "backup \(name): session \(number) of writer \(writer) is of round \(found), not \(round)"
                )
            }
        }
    }
}

/// Threads that write their sessions again and again, and know what was acknowledged.
final class BackupWriters: Sendable {
    /// What one thread does.
    final class Writer: Sendable {
        static let sessions = 50

        fileprivate let acknowledged = Locked([Int](repeating: 0, count: sessions))
        fileprivate let failure = Locked<String?>(nil)
        private let client: ProtocolClient
        private let number: Int
        private let isDeferred: Bool

        init(_ daemon: DaemonProcess, number: Int, isDeferred: Bool) throws {
            client = try daemon.client()
            self.number = number
            self.isDeferred = isDeferred
        }

        fileprivate func run(until isOver: () -> Bool) {
            do {
                var versions = [UInt64](repeating: 0, count: Self.sessions)
                for round in 1... {
                    for index in 0..<Self.sessions {
                        if isOver() { return }
                        try write(round, index, &versions[index])
                        acknowledged.withLock { $0[index] = round }
                    }
                }
            } catch { failure.withLock { $0 = "writer \(number): \(error)" } }
        }

        private func write(_ round: Int, _ index: Int, _ version: inout UInt64) throws {
            let session = try BackupWriters.session(number, index)
            let data = BackupWriters.data(round, index)
            // The first version of a session is only known by an answer.
            guard isDeferred, version > 0 else {
                let written = try client.write(data, to: session, version: version)
                guard let next = written.version else { throw DaemonProcess.Failure(description: "\(written)") }
                version = next
                return
            }
            try client.writeDeferred(data, to: session, version: version)
            // The next answer says that it was carried out.
            let answer = try client.ask(.ping)
            guard answer == .pong else { throw DaemonProcess.Failure(description: "\(answer)") }
            version += 1
        }
    }

    private let writers: [Writer]
    private let isOver = Locked(false)
    private let group = DispatchGroup()

    init(_ writers: [Writer]) {
        self.writers = writers
        for writer in writers {
            group.enter()
            Thread.detachNewThread { [self] in
                writer.run { isOver.withLock { $0 } }
                group.leave()
            }
        }
    }

    /// The last round of each session of each writer that was acknowledged.
    var acknowledged: [[Int]] { writers.map { $0.acknowledged.withLock { $0 } } }
    var leastRound: Int { acknowledged.joined().min() ?? 0 }
    var hasFailed: Bool { !failures.isEmpty }
    private var failures: [String] { writers.compactMap { $0.failure.withLock { $0 } } }

    /// Ends the threads, and answers what went wrong.
    func stop() -> [String] {
        isOver.withLock { $0 = true }
        group.wait()
        return failures
    }

    static func session(_ writer: Int, _ number: Int) throws -> SessionReference {
        try CloakroomDaemonTests.session("writer\(writer)session\(number)")
    }

    /// Of several lengths, so that records of the log end in all places.
    static func data(_ round: Int, _ number: Int) -> [UInt8] {
        Array("\(round) ".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: number * 700)
    }

    static func round(in data: [UInt8]) -> Int? { Int(String(decoding: data.prefix { $0 != 32 }, as: UTF8.self)) }
}
