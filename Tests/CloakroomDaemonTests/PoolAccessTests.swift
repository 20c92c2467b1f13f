// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Who gets into which pool, through a real daemon, by processes of several users.
@Suite(.timeLimit(.minutes(10))) struct PoolAccessTests {
    /// Which pool a connection is in is shown by the limit that it is told, as each pool has its own.
    private static let sizes = """
        [limits]
        session_size = 1001
        [pools.shop.limits]
        session_size = 1002
        [pools.blog.limits]
        session_size = 1003

        """

    private func pool(_ answer: Response) -> String? {
        guard case .hello(let hello) = answer else { return nil }
        return [1001: "default", 1002: "shop", 1003: "blog"][hello.maximumData]
    }

    @Test func userAndGroupsDecide() throws {
        let bench = try PoolBench(Self.sizes)
        try bench.start()
        #expect(pool(try bench.greet(.web)) == "default")
        #expect(pool(try bench.greet(.shop)) == "shop")
        #expect(pool(try bench.greet(.blog)) == "blog")
        #expect(pool(try bench.greet(.shop, claiming: "shop")) == "shop")
        #expect(pool(try bench.greet(.both, claiming: "shop")) == "shop")
        #expect(pool(try bench.greet(.both, claiming: "blog")) == "blog")
        #expect(pool(try bench.greet(.init(id: 0))) == "default")
        #expect(pool(try bench.greet(.init(id: 0), claiming: "blog")) == "blog")
        #expect(pool(try bench.greet(.init(id: 9, groups: Array(60_000..<60_100) + [48_000]))) == "blog")
    }

    @Test func strangerIsRefusedWhateverHeClaims() throws {
        let bench = try PoolBench()
        try bench.start()
        for claim in [nil, "default", "shop", "blog", "nowhere"] {
            let answer = try bench.greet(.stranger, claiming: claim)
            #expect(answer.error == .refused)
            #expect(answer.reason.contains("user 47114 may not use this socket"), "\(answer)")
        }
        #expect(bench.daemon.log.contains("connection refused"))
        #expect(bench.daemon.log.contains("uid=47114"))
        #expect(bench.daemon.log.contains("pid=\(getpid())"))
    }

    @Test func claimOfAnotherPoolIsRefusedAndEndsTheConnection() throws {
        let bench = try PoolBench()
        try bench.start()
        for (user, claim) in [(PoolBench.User.shop, "blog"), (.blog, "shop"), (.shop, "default"), (.web, "shop")] {
            let client = try bench.connect(user)
            let answer = try client.ask(PoolBench.hello(claim))
            #expect(answer.error == .refused)
            #expect(answer.reason.contains("this process may not use a pool named \(claim)"), "\(answer)")
            #expect(try client.isAtEnd())
        }
        #expect(bench.daemon.log.contains("uid=47112"))
        let unnamed = try bench.greet(.both)
        #expect(unnamed.error == .refused)
        #expect(unnamed.reason.contains("may use several pools (blog, shop) and has to name one"), "\(unnamed)")
    }

    @Test func connectionStaysInThePoolOfItsFirstHello() throws {
        let bench = try PoolBench(Self.sizes)
        try bench.start()
        let client = try bench.client(.both, claiming: "shop")
        #expect(pool(try client.ask(PoolBench.hello("shop"))) == "shop")
        #expect(pool(try client.ask(PoolBench.hello())) == "shop")
        let answer = try client.ask(PoolBench.hello("blog"))
        #expect(answer.error == .refused)
        #expect(answer.reason == "this connection is in the pool shop, and cannot change to blog")
        #expect(try client.isAtEnd())
        let root = try bench.client(.init(id: 0), claiming: "blog")
        #expect(pool(try root.ask(PoolBench.hello())) == "blog", "and not default, which is root's first")
    }

    @Test func frameLimitIsThatOfThePool() throws {
        let bench = try PoolBench("[limits]\nsession_size = 10\n[pools.shop.limits]\nsession_size = 5000\n")
        try bench.start()
        let data = [UInt8](repeating: 1, count: 3000)
        let shop = try bench.client(.shop)
        #expect(try shop.write(data, to: try session("a"), version: 0).version != nil)
        let web = try bench.client(.web)
        #expect(try web.write(data, to: try session("a"), version: 0).error == .frameTooLarge)
        // Root could have been in any pool before it said which.
        let root = try bench.client(.init(id: 0))
        #expect(try root.write(data, to: try session("a"), version: 0).error == .frameTooLarge)
    }

    @Test func socketOfAPoolIsForThatPoolOnly() throws {
        // Settings of [pools.shop] itself, which has to stay one section.
        let bench = try PoolBench(
            Self.sizes + "[pools.tied]\nunix_users = [47112, 47115]\nsocket = \"DIRECTORY/tied.sock\"\n"
        )
        try bench.start()
        let socket = bench.daemon.directory.path(of: "tied.sock")
        let tied = try bench.client(.init(id: 47_115), to: socket)
        #expect(try tied.write("tied".utf8, to: try session("a"), version: 0).version != nil)
        for user in [PoolBench.User.web, .blog] {
            let answer = try bench.greet(user, to: socket)
            #expect(answer.error == .refused)
            #expect(answer.reason.contains("this socket, which is that of the pool tied"), "\(answer)")
        }
        #expect(try bench.greet(.stranger, to: socket).error == .refused)
        let wrong = try bench.greet(.shop, to: socket, claiming: "shop")
        #expect(wrong.reason == "this socket is that of the pool tied, and not of shop")
        for claim in [nil, "tied"] {
            for user in [PoolBench.User.shop, .init(id: 0)] {
                let client = try bench.client(user, to: socket, claiming: claim)
                #expect(try client.read(try session("a"), lock: false).data == Array("tied".utf8))
            }
        }
        #expect(bench.daemon.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func socketsOfSystemdAreTiedByTheirNames() throws {
        let bench = try PoolBench(Self.sizes)
        let daemon = bench.daemon
        let shop = daemon.directory.path(of: "shop.sock")
        let inherited = ["ASAN_OPTIONS", "TSAN_OPTIONS"].filter { ProcessInfo.processInfo.environment[$0] != nil }
        try daemon.launch(
            "/usr/bin/systemd-socket-activate",
            arguments: ["-l", daemon.socket, "-l", shop, "--fdname=php:php-shop"] + inherited.flatMap { ["-E", $0] }
                + [DaemonProcess.binary, "--key-file", daemon.keyFile, "--state-dir", daemon.stateDirectory]
                + ["--socket", "/nonexistent/s"] + bench.arguments
        )
        let end = Date(timeIntervalSinceNow: 30)
        while (try? daemon.client()) == nil { try #require(Date.now < end, "\(daemon.log)") }
        for path in [daemon.socket, shop] { #expect(chmod(path, 0o666) == 0) }
        #expect(pool(try bench.greet(.shop)) == "shop")
        #expect(pool(try bench.greet(.web)) == "default")
        #expect(pool(try bench.greet(.shop, to: shop)) == "shop")
        #expect(pool(try bench.greet(.init(id: 0), to: shop)) == "shop")
        #expect(try bench.greet(.web, to: shop).error == .refused)
        #expect(try bench.greet(.blog, to: shop).error == .refused)
        #expect(try bench.greet(.both, to: shop, claiming: "blog").error == .refused)
        #expect(daemon.stop() == 0, "\(daemon.log)")
    }
}
