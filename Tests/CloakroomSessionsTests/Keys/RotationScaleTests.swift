// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@testable import CloakroomSessions

@Suite("Rotation of many sessions", .timeLimit(.minutes(5)))
struct RotationScaleTests {
    private static let sessions = 100_000

    @Test("takes well below a minute for 100,000, and requests beside it hardly wait")
    func scale() async throws {
        let (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey())
        let bench = try RotationBench([old], .rocksDB)
        defer { bench.close() }
        try await bench.make(0..<Self.sessions)
        let quiet = try await latencies(bench) { try await Task.sleep(for: .seconds(2)) }
        _ = try bench.service.take(Keyring([new, old]))
        let start = ContinuousClock.now
        let busy = try await latencies(bench) {
            let outcome = try await bench.rotate()
            #expect(outcome != .interrupted)
        }
        let duration = ContinuousClock.now - start
        print("rotation \(duration); quiet \(quiet.map { "\($0)" }); busy \(busy.map { "\($0)" })")
        #expect(duration < .seconds(60))
        #expect(try await bench.service.keyReports().map(\.records) == [Self.sessions, 0])
        #expect(try await bench.service.retire(old.id) == .retired)
        print("with retire \(ContinuousClock.now - start)")
    }

    /// The times of reads and writes while something goes on: median, 99 of 100, the longest, and how many there were.
    private func latencies(_ bench: RotationBench, _ body: @Sendable () async throws -> Void) async throws -> [Duration]
    {
        let ended = Signal()
        async let measured = measure(bench, until: ended)
        try await body()
        ended.raise()
        let sorted = try await measured.sorted()
        return [
            sorted[sorted.count / 2], sorted[sorted.count * 99 / 100], sorted[sorted.count * 999 / 1000],
            sorted[sorted.count - 1], .seconds(sorted.count),
        ]
    }

    private func measure(_ bench: RotationBench, until ended: Signal) async throws -> [Duration] {
        var times: [Duration] = []
        var number = 0
        while ended.value == 0 {
            number = (number + 7919) % Self.sessions
            let start = ContinuousClock.now
            let version = try #require(try bench.read(number)).version
            try await bench.write("text \(number)", number, version: version)
            times.append(ContinuousClock.now - start)
            try await Task.sleep(for: .microseconds(300))
        }
        return times
    }
}
