// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@testable import CloakroomSessions

@Suite struct LockTableTests {
    private let address: SessionAddress
    private let now = ContinuousClock.now
    private let client = LockClient(pid: 1, label: .none)

    init() throws { address = try #require(SessionAddress([UInt8](repeating: 7, count: 32))) }

    private func claim(_ table: inout LockTable) -> (LockTicket, LockTable.Claim) {
        let ticket = table.makeTicket(address)
        return (ticket, table.claim(ticket, by: client, now: now))
    }

    @Test func waitersAreServedInOrderOfArrival() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let (holder, claimed) = claim(&table)
        #expect(claimed == .granted)
        let waiters = (0..<5).map { _ in claim(&table) }
        #expect(waiters.allSatisfy { $0.1 == .queued })
        var current = holder
        for (waiter, _) in waiters {
            #expect(table.release(current, now: now)?.ticket == waiter)
            #expect(table.isCurrent(waiter))
            current = waiter
        }
        #expect(table.release(current, now: now) == nil)
        #expect(!table.isHeld(address))
    }

    @Test func waiterThatLeavesIsPassedOver() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let (holder, _) = claim(&table)
        let (first, _) = claim(&table)
        let (second, _) = claim(&table)
        #expect(table.release(first, now: now) == nil)
        #expect(table.release(holder, now: now)?.ticket == second)
    }

    @Test func queueHasALimit() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 2)
        let claims = (0..<4).map { _ in claim(&table).1 }
        #expect(claims == [.granted, .queued, .queued, .full])
    }

    @Test func lockHeldTooLongIsTakenOverByTheFirstWaiterOnly() {
        var table = LockTable(hold: .seconds(10), maximumWaiters: 10)
        let (holder, _) = claim(&table)
        #expect(table.takeOver(address, now: now.advanced(by: .seconds(11))) == nil, "nobody waits")
        let (first, _) = claim(&table)
        _ = claim(&table)
        #expect(table.takeOver(address, now: now.advanced(by: .seconds(9))) == nil, "too early")
        #expect(table.takeOver(address, now: now.advanced(by: .seconds(10)))?.ticket == first)
        #expect(!table.isCurrent(holder))
        #expect(table.release(holder, now: now) == nil, "a late release is without effect")
        #expect(table.isCurrent(first))
        #expect(table.takeOver(address, now: now.advanced(by: .seconds(11))) == nil, "the new holder has its own time")
    }

    @Test func destroyedSessionMakesItsHolderStaleAndIsToldToItsWaiters() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let (holder, _) = claim(&table)
        let (before, _) = claim(&table)
        table.sessionWasDestroyed(address)
        let (after, _) = claim(&table)
        #expect(!table.isCurrent(holder))
        #expect(table.isHeld(by: holder))
        #expect(table.release(holder, now: now) == .init(ticket: before, destroyedMeanwhile: true))
        #expect(table.isCurrent(before))
        #expect(table.release(before, now: now) == .init(ticket: after, destroyedMeanwhile: false))
    }

    @Test func endedSessionIsPassedOnToTheFirstWaiterAtOnce() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        #expect(table.sessionWasEnded(address, now: now) == nil, "nobody holds it")
        let (holder, _) = claim(&table)
        let (first, _) = claim(&table)
        let (second, _) = claim(&table)
        #expect(table.sessionWasEnded(address, now: now) == .init(ticket: first, destroyedMeanwhile: true))
        #expect(!table.isHeld(by: holder))
        #expect(table.isCurrent(first))
        #expect(table.release(holder, now: now) == nil, "a late release is without effect")
        #expect(table.release(first, now: now) == .init(ticket: second, destroyedMeanwhile: true))
    }

    @Test func endedSessionForWhichNobodyWaitsIsFree() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let (holder, _) = claim(&table)
        #expect(table.sessionWasEnded(address, now: now) == nil)
        #expect(!table.isHeld(address))
        let (next, claimed) = claim(&table)
        #expect(claimed == .granted)
        #expect(table.release(holder, now: now) == nil)
        #expect(table.isCurrent(next))
    }

    @Test func reportSaysForHowLongEachHasWaited() throws {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        _ = claim(&table)
        for second in [2, 5] {
            _ = table.claim(table.makeTicket(address), by: client, now: now.advanced(by: .seconds(second)))
        }
        let report = try #require(table.report(on: address, now: now.advanced(by: .seconds(9))))
        #expect(report.holder.duration == .seconds(9))
        #expect(report.waiters.map(\.duration) == [.seconds(7), .seconds(4)])
    }

    @Test func holderThatReadsAnewIsCurrentAgain() {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let (holder, _) = claim(&table)
        table.sessionWasDestroyed(address)
        let refreshed = table.refresh(holder)
        #expect(refreshed)
        #expect(table.isCurrent(holder))
    }

    @Test func reportNamesHolderAndWaitersInOrder() throws {
        var table = LockTable(hold: .seconds(600), maximumWaiters: 10)
        let label = try #require(RequestLabel(Array("GET /slow.php\n".utf8)))
        let clients = [LockClient(pid: 11, label: label), LockClient(pid: 12, label: .none), client]
        let tickets = clients.map { client in
            let ticket = table.makeTicket(address)
            _ = table.claim(ticket, by: client, now: now)
            return ticket
        }
        let report = try #require(table.report(now: now.advanced(by: .milliseconds(1500))).first)
        #expect(report.holder == LockHolder(client: clients[0], duration: .milliseconds(1500)))
        #expect("\(report.holder)" == "process 11 (GET /slow.php\u{FFFD}) has held it for 1.5 s")
        #expect(report.waiters.map(\.client) == Array(clients.dropFirst()))
        _ = table.release(tickets[0], now: now)
        #expect(table.holder(of: address, now: now)?.client == clients[1])
        #expect(table.report(now: now).count == 1)
    }

    @Test func randomHistoriesNeverHaveTwoHoldersAndLoseNobody() {
        var random = SystemRandomNumberGenerator()
        var table = LockTable(hold: .seconds(600), maximumWaiters: 1000)
        var queue: [LockTicket] = []
        for _ in 0..<20_000 {
            if queue.isEmpty || Bool.random(using: &random) {
                let (ticket, claimed) = claim(&table)
                #expect((claimed == .granted) == queue.isEmpty)
                queue.append(ticket)
            } else {
                let index = Int.random(in: queue.indices, using: &random)
                let grant = table.release(queue.remove(at: index), now: now)
                #expect(grant?.ticket == (index == 0 ? queue.first : nil))
            }
            #expect(queue.first.map { table.isCurrent($0) } ?? !table.isHeld(address))
        }
    }
}
