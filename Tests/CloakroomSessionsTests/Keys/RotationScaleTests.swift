// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@testable import CloakroomSessions

@Suite("Rotation of many sessions", .timeLimit(.minutes(10)))
struct RotationScaleTests {
    private static let sessions = 20_000

    // `docs/performance.md` has the times of 100,000.
    @Test("fails none of the requests beside it")
    func scale() async throws {
        let (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey())
        let bench = try RotationBench([old], .rocksDB)
        defer { bench.close() }
        try await bench.make(0..<Self.sessions)
        _ = try bench.service.take(Keyring([new, old]))
        let ended = Signal()
        async let served = requests(bench, until: ended)
        let outcome = try await bench.rotate()
        ended.raise()
        let requests = try await served
        #expect(outcome != .interrupted)
        #expect(requests > 0)
        #expect(try await bench.service.keyReports().map(\.records) == [Self.sessions, 0])
    }

    /// Reads and writes sessions until something has ended; answers how many.
    private func requests(_ bench: RotationBench, until ended: Signal) async throws -> Int {
        var count = 0
        while ended.value == 0 {
            let number = (count * 7919) % Self.sessions
            let version = try #require(try bench.read(number)).version
            try await bench.write("text \(number)", number, version: version)
            count += 1
            await Task.yield()
        }
        return count
    }
}
