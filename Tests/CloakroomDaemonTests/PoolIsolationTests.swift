// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomRocksDB
import CloakroomStore
import Foundation
import Testing

/// What a pool does is nothing to another, also where ids, names and users are the same.
@Suite(.timeLimit(.minutes(10))) struct PoolIsolationTests {
    private static let pools = ["default", "shop", "blog"]

    private func clients(_ bench: PoolBench) throws -> [ProtocolClient] {
        [try bench.client(.web), try bench.client(.shop), try bench.client(.blog)]
    }

    private func write(
        _ data: String,
        to session: SessionReference,
        of user: String,
        _ client: ProtocolClient
    ) throws -> Response {
        let write = Request.Write(
            session: session,
            version: 0,
            token: .random(in: 1...(.max)),
            lifetime: 1440,
            release: true,
            identification: .user(try #require(UserName(user.utf8))),
            data: SessionData(Array(data.utf8))
        )
        return try client.ask(.write(write))
    }

    @Test func equalIDsAreSessionsOfTheirOwn() throws {
        let bench = try PoolBench()
        try bench.start()
        let alice = try session("alice")
        let clients = try clients(bench)
        for (pool, client) in zip(Self.pools, clients) {
            #expect(try client.read(alice, lock: false) == .absent(.unknown), "\(pool)")
            #expect(try client.write("contents of \(pool)".utf8, to: alice, version: 0).version != nil)
        }
        for (pool, client) in zip(Self.pools, clients) {
            #expect(try client.read(alice, lock: false).data == Array("contents of \(pool)".utf8))
        }
        #expect(try clients[1].ask(.destroy(alice)) == .destroyed(existed: true))
        #expect(try clients[1].read(alice, lock: false) == .absent(.unknown))
        for index in [0, 2] {
            #expect(try clients[index].read(alice, lock: false).data == Array("contents of \(Self.pools[index])".utf8))
        }
        #expect(try clients[1].ask(.destroy(alice)) == .destroyed(existed: false))
        #expect(try clients[1].write("again".utf8, to: alice, version: 0).version != nil)
        #expect(bench.daemon.stop() == 0)

        var addresses: Set<SessionAddress> = []
        for pool in Self.pools {
            let store = try RocksDBStore(directory: bench.stateDirectory(of: pool), durability: .process)
            defer { store.close() }
            let entries = try store.expiryEntries(through: UnixTime(seconds: .max), limit: 10)
            #expect(entries.count == 1, "\(pool)")
            addresses.formUnion(entries.map(\.address))
        }
        #expect(addresses.count == 3)

        try bench.start()
        for (index, client) in try self.clients(bench).enumerated() {
            let expected = index == 1 ? "again" : "contents of \(Self.pools[index])"
            #expect(try client.read(alice, lock: false).data == Array(expected.utf8), "after a restart")
        }
    }

    @Test func lockOfOnePoolIsNoLockOfAnother() throws {
        let bench = try PoolBench("[pools.shop.sessions]\nlock_wait = 3600\n")
        try bench.start()
        let alice = try session("alice")
        let (shop, other, blog) = (try bench.client(.shop), try bench.client(.shop), try bench.client(.blog))
        #expect(try shop.read(alice) == .absent(.unknown))
        try other.send(.read(.init(session: alice, lock: true, wait: 0)))
        try bench.daemon.awaitLocks("held=1 pool=shop waiting=1")
        // Neither waits, nor is counted among those who do.
        #expect(try blog.read(alice) == .absent(.unknown))
        try bench.daemon.awaitLocks("held=1 pool=blog waiting=0")
        #expect(try blog.ask(.destroy(alice)) == .destroyed(existed: false))
        try bench.daemon.awaitLocks("held=0 pool=blog waiting=0")
        #expect(try shop.write("x".utf8, to: alice, version: 0).version != nil)
        #expect(try other.receive().data == Array("x".utf8))
    }

    @Test func usersSessionsAndTokensAreThoseOfThePool() throws {
        let bench = try PoolBench()
        try bench.start()
        let (shop, blog) = (try bench.client(.shop), try bench.client(.blog))
        let user = try #require(UserName("alice".utf8))
        let own = try session("own")
        for client in [shop, blog] {
            #expect(try write("x", to: own, of: "alice", client).version != nil)
            #expect(try write("x", to: try session("more"), of: "alice", client).version != nil)
        }
        #expect(try write("x", to: try session("third"), of: "alice", blog).version != nil)
        func count(_ client: ProtocolClient) throws -> Int? {
            guard case .sessions(let sessions) = try client.ask(.sessions(.init(user: user, own: own))) else {
                return nil
            }
            return sessions.count
        }
        #expect(try count(shop) == 2)
        #expect(try count(blog) == 3)
        guard case .issued(let issued) = try shop.ask(.remember(user)) else {
            Issue.record("no token was issued")
            return
        }
        #expect(try blog.ask(.redeem(issued.token)) == .notRemembered(.unknown))
        #expect(try blog.ask(.forget(issued.token)) == .destroyed(existed: false))
        #expect(try blog.ask(.end(.init(.all, user: user, own: own))) == .ended(count: 3, own: true))
        #expect(try count(blog) == 0)
        #expect(try count(shop) == 2)
        #expect(try shop.read(own, lock: false).data == Array("x".utf8))
        guard case .remembered(user, since: _, next: _) = try shop.ask(.redeem(issued.token)) else {
            Issue.record("the token is worth nothing in its own pool")
            return
        }
    }

    @Test func collectionRemovesWhatExpiredInThePoolOnly() throws {
        let clock = try MovableClock()
        let bench = try PoolBench(clock: clock)
        try bench.start()
        let (shop, blog) = (try bench.client(.shop), try bench.client(.blog))
        for client in [shop, blog] {
            #expect(try client.write("x".utf8, to: try session("a"), version: 0, lifetime: 60).version != nil)
        }
        // Past the life of the sessions, and the time for which it is known why they ended.
        clock.advance(seconds: 3600)
        for client in [shop, shop, blog] {
            guard case .collected = try client.ask(.collect(lifetime: 0)) else {
                Issue.record("GC failed")
                return
            }
        }
        #expect(bench.daemon.stop() == 0)
        // Whether GC removed it or the sweep that may have come before: each pool has removed its own, and no other.
        for pool in ["shop", "blog"] {
            let line = bench.daemon.log.split(separator: "\n").first {
                $0.contains("stopped") && $0.contains("pool=\(pool)")
            }
            #expect(line?.contains(" expired=1 ") == true, "\(bench.daemon.log)")
        }
    }

    @Test func limitsArePerPool() throws {
        let bench = try PoolBench("[limits]\nsessions = 1\n[pools.shop.limits]\nsessions = 2\n")
        try bench.start()
        for (client, limit) in zip(try clients(bench), [1, 2, 1]) {
            for number in 0..<limit {
                #expect(try client.write("x".utf8, to: try session("s\(number)"), version: 0).version != nil)
            }
            #expect(try client.write("x".utf8, to: try session("one-more"), version: 0).error == .poolFull)
        }
    }

    @Test func policiesArePerPool() throws {
        let bench = try PoolBench(
            "[pools.shop.sessions]\nlock_wait = 7\n[pools.blog.users]\nsession_key = \"auth.user\"\n"
        )
        try bench.start()
        func hello(_ user: PoolBench.User) throws -> Response.Hello {
            guard case .hello(let hello) = try bench.greet(user) else {
                throw DaemonProcess.Failure(description: "refused")
            }
            return hello
        }
        #expect(try [PoolBench.User.web, .shop, .blog].map { try hello($0).lockWait } == [30_000, 7000, 30_000])
        #expect(try [PoolBench.User.web, .shop, .blog].map { try hello($0).sessionKey } == ["", "", "auth.user"])
    }

    @Test func eventsAndLinesNameThePool() throws {
        let bench = try PoolBench("[log]\nevents = \"all\"\n")
        try bench.start()
        for client in try clients(bench) {
            #expect(try client.read(try session("a")) == .absent(.unknown))
            #expect(try client.write("x".utf8, to: try session("a"), version: 0).version != nil)
        }
        #expect(bench.daemon.stop() == 0)
        for pool in Self.pools {
            let line = "session created pool=\(pool) "
            #expect(bench.daemon.log.contains(line), "\(bench.daemon.log)")
        }
        let stopped = bench.daemon.log.split(separator: "\n").filter { $0.contains("stopped") }
        #expect(stopped.count == 3)
        #expect(stopped.filter { $0.contains("pool=shop") && $0.contains("created=1") }.count == 1)
        #expect(stopped.filter { $0.contains("pool=default") }.isEmpty)
    }

    @Test func statusAddsThePoolsUp() throws {
        let bench = try PoolBench()
        let path = bench.daemon.directory.path(of: "notify")
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(receiver) }
        #expect(withUnixAddress(path) { bind(receiver, $0, $1) } == 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // A watchdog of a second, so that a status comes that often.
        try bench.daemon.start(
            bench.arguments,
            under: ["/usr/bin/env", "NOTIFY_SOCKET=\(path)", "WATCHDOG_USEC=1000000"]
        )
        for client in try clients(bench) {
            #expect(try client.write("x".utf8, to: try session("a"), version: 0).version != nil)
        }
        let end = Date(timeIntervalSinceNow: 30)
        var status = ""
        while !status.contains("pools=3 sessions=3 ") || !status.contains("created=3") {
            try #require(Date.now < end, "\(status)")
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(receiver, &bytes, bytes.count, 0)
            try #require(count > 0)
            status = String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}
