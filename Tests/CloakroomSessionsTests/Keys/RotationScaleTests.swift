// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@testable import CloakroomSessions

@Suite("Rotation of many sessions", .timeLimit(.minutes(5)))
struct RotationScaleTests {
    private static let sessions = 20_000

    // `docs/performance.md` has the times of 100,000 without the checks of a debug build.
    @Test("takes seconds, and requests beside it hardly wait")
    func scale() async throws {
        let (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey())
        let bench = try RotationBench([old], .rocksDB)
        defer { bench.close() }
        try await bench.make(0..<Self.sessions)
        _ = try bench.service.take(Keyring([new, old]))
        let ended = Signal()
        async let measured = requests(bench, until: ended)
        let start = ContinuousClock.now
        let outcome = try await bench.rotate()
        let duration = ContinuousClock.now - start
        ended.raise()
        let times = try await measured.sorted()
        #expect(outcome != .interrupted)
        #expect(duration < .seconds(60))
        #expect(times.count > 100)
        #expect(times[times.count * 99 / 100] < .milliseconds(100))
        #expect(try await bench.service.keyReports().map(\.records) == [Self.sessions, 0])
    }

    /// Reads and writes sessions until something has ended; answers how long each took.
    private func requests(_ bench: RotationBench, until ended: Signal) async throws -> [Duration] {
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
