// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@testable import CloakroomSessions

@Suite("Interrupted rotation of keys")
struct RotationInterruptionTests {
    /// Five batches, the end of the walk, and the clearing of the disk.
    private static let steps = 1...7
    private static let sessions = 0..<(5 * RotationRun.batch + 8)

    private let old: MasterKey
    private let new: MasterKey

    init() throws { (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey()) }

    private func bench(_ engine: RotationBench.Engine = .memory) async throws -> RotationBench {
        let bench = try RotationBench([old], engine)
        try await bench.make(Self.sessions)
        _ = try bench.service.take(Keyring([new, old]))
        return bench
    }

    private func expectResumption(_ bench: RotationBench) async throws {
        try bench.expectSessions(Self.sessions)
        await bench.service.resumeRotation()
        try await eventually { !bench.service.rotation.isUnderWay }
        #expect(try bench.counts() == [new.id: Self.sessions.count])
        #expect(try !bench.isMarked)
        #expect(try await bench.service.retire(old.id) == .retired)
        let alone = try bench.restarted([new])
        defer { alone.close() }
        try alone.expectSessions(Self.sessions)
    }

    @Test("goes on after the next start wherever it was cancelled", arguments: steps)
    func cancelled(_ step: Int) async throws {
        let bench = try await bench()
        let steps = Signal()
        let task = Locked<Task<RotationOutcome, any Error>?>(nil)
        let running = Task {
            try await bench.rotate { _ in
                if steps.raise() == step { task.withLock { $0?.cancel() } }
            }
        }
        task.withLock { $0 = running }
        let outcome = try await running.value
        // It may have been over before it could be cancelled.
        if outcome == .interrupted { try await eventually { !bench.service.rotation.isUnderWay } }
        if outcome == .interrupted, step < 6 { #expect(try bench.isMarked) }
        try await expectResumption(bench.restarted([new, old]))
    }

    @Test("ends when the daemon stops, and goes on after the next start")
    func stopping() async throws {
        let bench = try await bench()
        let outcome = try await bench.rotate { _ in bench.service.deferredWrites.note(.stopping) }
        #expect(outcome == .interrupted)
        #expect(try bench.isMarked)
        try await expectResumption(bench.restarted([new, old]))
    }

    @Test("goes on after a fault of the store, at whatever step", arguments: steps)
    func fault(_ step: Int) async throws {
        let bench = try await bench()
        let steps = Signal()
        let store = try bench.memory
        await #expect(throws: StoreError(.space, "")) {
            try await bench.rotate { _ in
                if steps.raise() == step { store.fault = StoreError(.space, "full") }
            }
        }
        store.fault = nil
        #expect(try bench.isMarked)
        try bench.expectSessions(Self.sessions)
        #expect(try await bench.rotate() != .interrupted)
        #expect(try bench.counts() == [new.id: Self.sessions.count])
    }

    @Test("goes on from what a kill leaves, at whatever step", arguments: steps)
    func killed(_ step: Int) async throws {
        let bench = try await bench(.rocksDB)
        defer { bench.close() }
        let steps = Signal()
        let state = try #require(bench.state)
        try await bench.rotate { _ in
            guard steps.raise() == step else { return }
            #expect(throws: Never.self) { try FileManager.default.copyItem(atPath: state, toPath: state + ".copy") }
        }
        try #require(steps.value >= step)
        bench.close()
        try FileManager.default.removeItem(atPath: state)
        try FileManager.default.moveItem(atPath: state + ".copy", toPath: state)
        try await expectResumption(bench.restarted([new, old]))
    }

    @Test("that nobody began is not begun by a start")
    func nothingToResume() async throws {
        let bench = try await bench()
        await bench.service.resumeRotation()
        #expect(!bench.service.rotation.isUnderWay)
        #expect(try bench.counts() == [old.id: Self.sessions.count])
    }

    @Test("is one for all who ask for it; who leaves is free at once, and the others get their answer")
    func joined() async throws {
        let bench = try await bench()
        let (began, goesOn) = (Signal(), Signal())
        let first = Task {
            try await bench.rotate { _ in
                began.raise()
                while goesOn.value == 0 { sched_yield() }
            }
        }
        try await eventually { began.value > 0 }
        let second = Task { try await bench.rotate() }
        try await eventually { bench.service.rotation.waiterCount == 2 }
        first.cancel()
        #expect(try await first.value == .interrupted)
        #expect(bench.service.rotation.isUnderWay)
        goesOn.raise()
        #expect(try await second.value == .complete(resealed: Self.sessions.count))
        #expect(try bench.counts() == [new.id: Self.sessions.count])
    }

    @Test("begins anew for who comes when all others have just left")
    func joinedAfterLeaving() async throws {
        let bench = try await bench()
        try await bench.make(1000..<1500)
        for _ in 0..<20 {
            let first = Task { try await bench.rotate() }
            await Task.yield()
            first.cancel()
            #expect(try await bench.rotate() != .interrupted)
            _ = try await first.value
            _ = try bench.service.take(Keyring(bench.service.keyIDs.first == new.id ? [old, new] : [new, old]))
        }
    }

    @Test("refuses to retire a key meanwhile")
    func retire() async throws {
        let bench = try await bench()
        let outcomes = Locked<[RetireOutcome]>([])
        let asked = Signal()
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let asking = Task {
            for await _ in stream {
                let outcome = try await bench.service.retire(old.id)
                outcomes.withLock { $0.append(outcome) }
                asked.raise()
            }
        }
        try await bench.rotate { _ in
            continuation.yield()
            while asked.value == 0 { sched_yield() }
        }
        continuation.finish()
        try await asking.value
        #expect(outcomes.withLock { $0 }.first == .rotating)
    }
}
