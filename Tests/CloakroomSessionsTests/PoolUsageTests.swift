// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
@testable import CloakroomSessions
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Testing

/// What a pool holds is known exactly, and a full pool takes no new sessions.
@Suite(.timeLimit(.minutes(10))) struct PoolUsageTests {
    private func session(_ number: Int) throws -> SessionReference { try Bench.session("session\(number)") }

    private func held(_ bench: Bench) -> StoreUsage {
        var usage = StoreUsage()
        for entry in bench.store.entries { usage.add(entry.filing) }
        return usage
    }

    @Test func newSessionBeyondTheLimitIsRefusedAndOthersAreWritten() async throws {
        let bench = try await Bench(maximumSessions: 2)
        let client = SessionClient(pid: 1)
        let version = try await bench.make(try session(1), "one")
        _ = try await bench.make(try session(2), "two")
        #expect(try await bench.write("three", try session(3), version: 0, client) == .poolFull(.sessions(2)))
        #expect(try await bench.read(try session(3), client) == (0, ""))
        #expect(try await bench.write("more", try session(1), version: version, client).version == version + 1)
        _ = try bench.service.destroy(try session(2), for: client)
        _ = try await bench.make(try session(3), "three")
        #expect(bench.service.statistics[.overLimit] == 1)
    }

    @Test func sizeOfAllSessionsHasALimitThatAnExistingSessionMayExceed() async throws {
        let bench = try await Bench(maximumTotalSize: 8 << 10)
        let client = SessionClient(pid: 1)
        let version = try await bench.make(try session(1), String(repeating: "a", count: 5 << 10))
        let large = String(repeating: "b", count: 4 << 10)
        #expect(try await bench.write(large, try session(2), version: 0, client) == .poolFull(.totalSize(8 << 10)))
        _ = try await bench.make(try session(2), "small")
        let huge = String(repeating: "c", count: 50 << 10)
        #expect(try await bench.write(huge, try session(1), version: version, client).version == version + 1)
        #expect(try await bench.write("", try session(3), version: 0, client) == .poolFull(.totalSize(8 << 10)))
    }

    @Test func expiredSessionMakesRoomWhenItIsSwept() async throws {
        let bench = try await Bench(maximumSessions: 1)
        let client = SessionClient(pid: 1)
        _ = try await bench.make(try session(1), "one", lifetime: 10)
        bench.clock.advance(seconds: 100)
        #expect(try await bench.service.collect() == 1)
        _ = try await bench.make(try session(2), "two", lifetime: 10)
        bench.clock.advance(seconds: 100)
        // The same session again takes the place of its expired record.
        _ = try await bench.make(try session(2), "two")
        #expect(bench.store.entries.count == 1)
        #expect(try await bench.write("", try session(3), version: 0, client) == .poolFull(.sessions(1)))
    }

    @Test func limitsHoldAcrossARestart() async throws {
        let bench = try await Bench(maximumSessions: 2)
        _ = try await bench.make(try session(1), "one")
        _ = try await bench.make(try session(2), "two")
        let again = try await bench.restarted()
        #expect(again.service.usage == nil, "not counted yet")
        let client = SessionClient(pid: 1)
        #expect(try await again.write("", try session(3), version: 0, client) == .poolFull(.sessions(2)))
        #expect(again.service.usage == held(again))
    }

    @Test func storeThatCannotTellRefusesUntilItCan() async throws {
        let bench = try await Bench(maximumSessions: 2)
        let client = SessionClient(pid: 1)
        bench.store.fault = StoreError(.inputOutput, "fault")
        await #expect(throws: StoreError(.inputOutput, "")) {
            try await bench.write("", try session(1), version: 0, client)
        }
        bench.store.fault = nil
        _ = try await bench.make(try session(1), "one")
        #expect(bench.service.usage == held(bench))
    }

    @Test(arguments: 0..<24) func anyHistoryIsCountedExactly(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var bench = try await Bench()
        for step in 0..<1500 {
            let (session, client) = (try session(.random(in: 0..<20, using: &random)), SessionClient(pid: 1))
            let text = String(repeating: "x", count: .random(in: 0..<5000, using: &random))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<8:
                let (version, _) = try await bench.read(session, client)
                let lifetime = UInt32.random(in: 1..<500, using: &random)
                bench.store.fault = step % 37 == 0 ? StoreError(.inputOutput, "fault") : nil
                _ = try? await bench.write(text, session, version: version, lifetime: lifetime, client)
                bench.store.fault = nil
            case 8..<12:
                let (version, _) = try await bench.read(session, client)
                try bench.service.touch(session, version: version, lifetime: 300, for: client)
            case 12..<14: _ = try await bench.write(text, session, version: 0, client)
            case 14: _ = try bench.service.destroy(session, for: client)
            // As a whole: what goes on in the background would meet the next rules over this store, as no two daemons do.
            case 15: await bench.service.sweeper.drain()
            case 16 where step % 5 == 0: bench = try await bench.restarted()
            case 17 where step % 5 == 0:
                // A record that does not open is replaced, while nobody knows where it is filed.
                if let address = bench.store.records.keys.min(by: { $0.bytes.last ?? 0 < $1.bytes.last ?? 0 }) {
                    bench.store.records[address]?.metadata[60] ^= 1
                    bench = try await bench.restarted()
                }
            default: bench.clock.advance(seconds: .random(in: 0..<120, using: &random))
            }
            bench.service.release(client)
            let counted = bench.service.usage
            #expect(counted == nil || counted == held(bench), "step \(step)")
            if counted == nil, step % 3 == 0 { _ = try? await bench.service.records.usage.prepare() }
        }
        try await bench.service.records.usage.prepare()
        #expect(bench.service.usage == held(bench))
    }
}
