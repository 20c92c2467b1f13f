// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Logging
import Synchronization
import Testing

@testable import CloakroomSessions

@Suite(.timeLimit(.minutes(10))) struct SessionLocksTests {
    private let address: SessionAddress

    private let client = LockClient(pid: 1, label: .none)

    init() throws { address = try #require(SessionAddress([UInt8](repeating: 7, count: 32))) }

    private func locks(hold: Duration = .seconds(600), waiters: Int = 2000) -> SessionLocks {
        SessionLocks(
            rules: SessionRules(maximumData: 1, lockWait: .seconds(30), lockHold: hold, maximumWaiters: waiters),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    private func ticket(_ acquisition: SessionLocks.Acquisition) throws -> LockTicket {
        guard case .granted(let ticket, _) = acquisition else {
            throw NotGranted(outcome: "\(acquisition)")
        }
        return ticket
    }

    private final class Counts: Sendable {
        let inside = Atomic<Int>(0)
        let total = Atomic<Int>(0)
    }

    private struct NotGranted: Error { let outcome: String }

    @Test func manyTasksAreNeverInsideTogether() async throws {
        let locks = locks()
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    for _ in 0..<20 {
                        let ticket = try ticket(await locks.acquire(address, for: client, wait: .seconds(600)))
                        #expect(counts.inside.add(1, ordering: .sequentiallyConsistent).newValue == 1)
                        await Task.yield()
                        counts.inside.subtract(1, ordering: .sequentiallyConsistent)
                        counts.total.add(1, ordering: .relaxed)
                        locks.release(ticket)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.total.load(ordering: .relaxed) == 10_000)
        #expect(!locks.isHeld(address))
    }

    @Test func waitEndsAtItsLimit() async throws {
        let locks = locks()
        let holder = try ticket(await locks.acquire(address, for: client, wait: .zero))
        guard case .timedOut = await locks.acquire(address, for: client, wait: .milliseconds(20)) else {
            Issue.record("the wait did not time out")
            return
        }
        locks.release(holder)
        #expect(!locks.isHeld(address), "the waiter is still in the queue")
    }

    @Test func cancelledWaiterLeavesTheQueue() async throws {
        let locks = locks()
        let holder = try ticket(await locks.acquire(address, for: client, wait: .zero))
        let waiter = Task { await locks.acquire(address, for: client, wait: .seconds(600)) }
        waiter.cancel()
        guard case .cancelled = await waiter.value else {
            Issue.record("the wait was not cancelled")
            return
        }
        locks.release(holder)
        #expect(!locks.isHeld(address))
    }

    @Test func lockHeldTooLongPassesToTheWaiter() async throws {
        let locks = locks(hold: .milliseconds(20))
        let holder = try ticket(await locks.acquire(address, for: client, wait: .zero))
        let next = try ticket(await locks.acquire(address, for: client, wait: .seconds(600)))
        #expect(locks.standing(of: holder) == .lost)
        #expect(locks.isCurrent(next))
    }

    @Test func waitersAndCancellationsInDisorderLeaveNothingBehind() async throws {
        let locks = locks(hold: .milliseconds(5))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let task = Task {
                        if case .granted(let ticket, _) = await locks.acquire(
                            address,
                            for: client,
                            wait: .milliseconds(number % 20)
                        ) {
                            await Task.yield()
                            locks.release(ticket)
                        }
                    }
                    if number % 3 == 0 { task.cancel() }
                    await task.value
                }
            }
        }
        #expect(!locks.isHeld(address))
    }
}
