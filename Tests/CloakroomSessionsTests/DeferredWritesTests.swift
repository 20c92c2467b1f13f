// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import CloakroomTestKit
import Testing

/// Clients are told that they need not wait only while nothing is known that would keep a write from being carried out.
@Suite(.timeLimit(.minutes(10))) struct DeferredWritesTests {
    private static let obstacles: [DeferredWrites.Obstacles] = [.storeRefuses, .storeFailed, .poolFull, .stopping]

    @Test func theyAreTakenOnlyIfConfigured() {
        #expect(DeferredWrites(isConfigured: true).areTaken)
        let writes = DeferredWrites()
        for obstacle in Self.obstacles { writes.note(obstacle, false) }
        #expect(!writes.areTaken)
    }

    @Test func everyObstacleIsInTheWayUntilItIsGone() {
        let writes = DeferredWrites(isConfigured: true)
        for obstacle in Self.obstacles {
            // Noting it again changes nothing.
            for isPresent in [true, true, false, false] {
                writes.note(obstacle, isPresent)
                #expect(writes.areTaken != isPresent)
            }
        }
        for obstacle in Self.obstacles { writes.note(obstacle) }
        for obstacle in Self.obstacles {
            #expect(!writes.areTaken)
            writes.note(obstacle, false)
        }
        #expect(writes.areTaken)
        #expect(!writes.isStopping)
    }

    @Test(arguments: [(2, nil), (nil, 3 << 10)] as [(Int?, Int?)])
    func fullPoolIsInTheWayUntilThereIsRoom(_ sessions: Int?, _ size: Int?) async throws {
        let bench = try await Bench(maximumSessions: sessions, maximumTotalSize: size)
        let client = SessionClient(pid: 1)
        let writes = bench.service.deferredWrites
        #expect(!writes.areTaken, "nobody knows yet what the store has")
        let one = try await bench.make(try Bench.session("one"), "one")
        #expect(writes.areTaken)
        let two = String(repeating: "2", count: size == nil ? 0 : 1100)
        _ = try await bench.make(try Bench.session("two"), two)
        #expect(!writes.areTaken)
        _ = try await bench.write("more", try Bench.session("one"), version: one, client)
        #expect(!writes.areTaken)
        _ = try bench.service.destroy(try Bench.session("two"), for: client)
        #expect(writes.areTaken)
        let again = try await bench.restarted()
        #expect(!again.service.deferredWrites.areTaken)
        _ = try await again.make(try Bench.session("three"), "")
        #expect(again.service.deferredWrites.areTaken == (sessions == nil))
    }
}
