// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomStatus
import Foundation
import Testing

/// What the real daemon says of itself.
@Suite(.timeLimit(.minutes(10))) struct StatusTests {
    private let daemon: DaemonProcess

    init() throws { daemon = try DaemonProcess() }

    private func pool(_ name: String = "default") throws -> PoolStatus {
        let report = try daemon.administrator().status(pool: name)
        return try #require(report.pools.first)
    }

    private func latency(_ kind: LatencyStatus.Kind) throws -> LatencyStatus {
        try #require(try pool().latencies.first { $0.kind == kind })
    }

    @Test func statusCountsWhatWasDone() throws {
        try daemon.start()
        try daemon.write(sessions: 5, "s")
        let client = try daemon.client()
        let version = try #require(try client.read(session("s0")).version)
        try client.send(.touch(.init(session: session("s0"), version: version, lifetime: 1000, release: true)))
        #expect(try client.read(session("nobody"), lock: false).version == nil)
        #expect(try client.ask(.destroy(session("s4"))) == .destroyed(existed: true))
        #expect(try client.ask(.ping) == .pong)

        try daemon.await("the sessions are counted") { try self.pool().sessions != nil }
        let pool = try self.pool()
        #expect(pool.sessions == 4)
        #expect(pool.bytes == 4 * 1024)
        #expect(pool.count("created") == 5)
        #expect(pool.count("found") == 1)
        #expect(pool.count("absent") == 1)
        #expect(pool.count("destroyed") == 1)
        #expect(pool.foundShare == 0.5)
        #expect(pool.keys.count == 1)
        #expect(pool.missingKeys == [] && !pool.rotating)
        #expect(pool.deferralObstacles == [.configuration])
        #expect(pool.metadataHits > 0)
        #expect(pool.store.records > 0)
        #expect(pool.store.fileBytes > 0)
        for (kind, count) in [
            (.write, 5), (.lockedRead, 1), (.read, 1), (.touch, 1), (.destroy, 1), (.other, 1), (.lockWait, 0),
        ] as [(LatencyStatus.Kind, UInt64)] {
            let latency = try #require(pool.latencies.first { $0.kind == kind })
            #expect(latency.sinceStart.count == count, "\(kind)")
            #expect(latency.lastMinute.count == count, "\(kind)")
            #expect(latency.below.last == count)
            #expect(latency.below == latency.below.sorted())
            #expect((latency.sinceStart.p50 == nil) == (count == 0))
            #expect(latency.sinceStart.p50 ?? 0 <= latency.sinceStart.max ?? 0)
        }
        try daemon.await("what was written is synced") { try self.pool().store.sinceSync != nil }
        withExtendedLifetime(client) {}
    }

    @Test func connectionsAreCountedInTheirPools() throws {
        try daemon.start()
        let unnamed = try ProtocolClient(path: daemon.socket)
        var clients = try (0..<3).map { _ in try daemon.client() }
        try daemon.await("three are in the pool") { try pool().connections == 3 }
        try daemon.await("and one in none") { try daemon.administrator().status().daemon.connections == 4 }
        clients.removeLast()
        try daemon.await("one has gone") { try pool().connections == 2 }
        withExtendedLifetime((unnamed, clients)) {}
    }

    @Test func whoIsRefusedIsCounted() throws {
        let limits =
            "connections_per_user = 2\nunknown_ids_per_minute = 1\nunknown_ids_refuse_after = 1\nunknown_ids_refuse_for = 600\n"
        try daemon.start(daemon.configure("[limits]\n\(limits)"))
        // The one that waited for the start may still be there.
        try daemon.await("nobody is connected") { try daemon.administrator().status().daemon.connections == 0 }
        let before = try daemon.administrator().status().daemon.connectionsRefused
        let clients = try (0..<2).map { _ in try daemon.client() }
        #expect(try ProtocolClient(path: daemon.socket).receive().error == .tooManyConnections)
        try daemon.await("the refusal is counted") {
            try daemon.administrator().status().daemon.connectionsRefused == before + 1
        }
        let claims = ClientClaims(address: Array("192.0.2.1".utf8))
        _ = try clients[0].ask(.hello(.init(version: .current, nonce: 2, claims: claims)))
        var refused = 0
        for number in 0..<20 {
            let read = Request.Read(session: try session("guess\(number)"), lock: false, wait: 0, presented: true)
            if try clients[0].ask(.read(read)).error == .tooManyUnknownIDs { refused += 1 }
        }
        #expect(refused > 0)
        #expect(try pool().count("guessed") == refused)
        #expect(try daemon.control("status").output.contains("\(refused) guessed"))
    }

    @Test func lockAndItsWaitAreShownAndTheWaitIsNoWork() throws {
        try daemon.start()
        let alice = try session("alice")
        let holder = try daemon.client()
        _ = try holder.ask(.hello(.init(version: .current, nonce: 2, label: #require(.init("GET /slow.php".utf8)))))
        _ = try holder.read(alice)
        let waiter = try daemon.client()
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        try daemon.await("somebody waits") { try pool().locks.waiting == 1 }
        let begin = ContinuousClock.now
        let lock = try #require(try pool().locks.oldestContended)
        #expect(lock.pid == getpid())
        #expect(lock.request == "GET /slow.php")
        #expect(lock.session.count == 12)
        #expect(try pool().locks.held == 1)
        #expect(try daemon.control("status").output.contains("by process \(getpid()) (GET /slow.php), 1 waiting"))
        #expect(try latency(.lockWait).sinceStart.count == 0)
        try daemon.await("it is held for a while") { try pool().locks.oldest?.held ?? 0 > 500 }
        let waited = UInt64(begin.duration(to: .now) / .nanoseconds(1))
        _ = try holder.ask(.destroy(alice))
        #expect(try waiter.receive().version == nil)
        try daemon.await("the wait is counted") { try latency(.lockWait).sinceStart.count == 1 }
        #expect(try #require(latency(.lockWait).sinceStart.max) >= waited)
        // What the waiter did beside waiting.
        try daemon.await("the read is counted") { try latency(.lockedRead).sinceStart.count == 2 }
        #expect(try #require(latency(.lockedRead).sinceStart.max) < waited)
        #expect(!daemon.log.contains("alice"))
    }

    @Test func fullPoolIsSaidFirstAndChecked() throws {
        try daemon.start(
            daemon.configure(
                "[pools.shop]\nunix_users = [47112]\n[pools.shop.limits]\nsessions = 10\n[limits]\nsessions = 10\n"
            )
        )
        try daemon.await("the sessions are counted") { try self.pool().sessions == 0 }
        try daemon.write(sessions: 8, "a")
        let well = try daemon.control("status", "--check")
        #expect(well.status == 0)
        #expect(well.output.hasPrefix("all is well\n"), "\(well.output)")
        #expect(well.output.contains("pool shop\n"))
        try daemon.write(sessions: 1, "b")
        let nearly = try daemon.control("status", "--check", "--pool", "default")
        #expect(nearly.status == 1)
        #expect(
            nearly.output.hasPrefix("WARNING pool default: there are 9 sessions, and limits.sessions allows 10"),
            "\(nearly.output)"
        )
        #expect(!nearly.output.contains("pool shop\n"))
        try daemon.write(sessions: 1, "c")
        #expect(try daemon.administrator().status().warnings.map(\.code) == [.poolFull])
        #expect(try daemon.control("status").status == 0)
        #expect(try daemon.control("status", "--check", "--pool", "shop").status == 0)
        let unknown = try daemon.control("status", "--pool", "blog")
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("no pool \"blog\""))
    }

    @Test func storeThatFailsIsSaidFirst() throws {
        try daemon.start()
        try daemon.write(sessions: 5, "s")
        try daemon.await("all is well") { try daemon.control("status", "--check").status == 0 }
        let database = daemon.stateDirectory + "/rocksdb"
        let calls = "write,pwrite64,writev,fdatasync,fsync,ftruncate,fallocate,openat,rename,unlink"
        let faults = try FaultInjection(calls, error: "EIO", in: database, of: daemon.pid)
        #expect(try daemon.client().write("x".utf8, to: session("t"), version: 0).error == .storeFault)
        let report = try daemon.administrator().status()
        #expect(report.warnings.first?.code == .storeRefusesWrites, "\(report.warnings)")
        #expect(report.pools.first?.store.writes == .refused)
        #expect(report.pools.first?.store.readable == true)
        let text = try daemon.control("status", "--check")
        #expect(text.status == 1)
        #expect(text.output.hasPrefix("WARNING pool default: the store takes no writes: "), "\(text.output)")
        #expect(text.output.contains("Input/output error"))
        faults.end()
        try daemon.await("it goes on") {
            try daemon.client().write("x".utf8, to: session("t"), version: 0).version != nil
        }
        #expect(try daemon.control("status", "--check").status == 0)
    }

    @Test func jsonIsOneObjectThatTellsTheSame() throws {
        try daemon.start()
        try daemon.write(sessions: 3, "s")
        let printed = try daemon.control("status", "--json")
        #expect(printed.status == 0)
        #expect(printed.output.hasSuffix("\n") && printed.output.count { $0 == "\n" } == 1)
        let report = try AdminJSON.decode(StatusReport.self, from: printed.output.utf8)
        #expect(report.daemon.pid == daemon.pid)
        #expect(report.pools.first?.count("created") == 3)
        #expect(report.daemon.memory ?? 0 > 1 << 20)
        #expect(report.daemon.keyMemory > 0 && report.daemon.keyMemory < report.daemon.keyMemorySize)
        #expect(!printed.output.contains("contents of"))
    }

    @Test func manyPoolsFitTheMessages() throws {
        let pools = (0..<60).map { "[pools.p\($0)]\nunix_users = [\(48_100 + $0)]\n" }.joined()
        try daemon.start(daemon.configure(pools))
        let report = try daemon.administrator().status()
        #expect(report.pools.map(\.pool) == ["default"] + (0..<60).map { "p\($0)" })
    }
}
