// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// What is read anew while the daemon serves.
@Suite(.timeLimit(.minutes(10))) struct ReloadTests {
    private let daemon: DaemonProcess

    init() throws { daemon = try DaemonProcess() }

    @Test func hangUpReloadsAndNoClientNotices() throws {
        try daemon.start(daemon.configure("[log]\nlevel = \"warning\"\n"))
        let client = try daemon.client()
        _ = try client.write("x".utf8, to: session("s"), version: 0)
        #expect(try client.read(session("s")).data == Array("x".utf8))
        #expect(!daemon.log.contains("started"))
        _ = try daemon.configure("[log]\nlevel = \"info\"\n[sessions]\nlock_wait = 7\n")
        kill(daemon.pid, SIGHUP)
        try daemon.await("it reloads") { daemon.log.contains("reloaded") }
        #expect(daemon.log.contains("changed=log.level"))
        #expect(daemon.log.contains("needs_restart=sessions.lock_wait"))
        // The lock that it held is still its own.
        #expect(try daemon.client().read(session("s"), wait: 1).error == .lockTimedOut)
        #expect(try client.ask(.ping) == .pong)
    }

    @Test func brokenConfigurationLeavesAllAsItWas() throws {
        try daemon.start(daemon.configure("[log]\nlevel = \"info\"\n"))
        let before = try daemon.keys().map(\.id)
        _ = try daemon.configure("[log]\nlevel = \"debug\"\nlevl = 1\n[servr]\n")
        #expect(try daemon.control("keys", "generate", "--output", daemon.directory.path + "/k").status == 0)
        let both =
            try String(contentsOfFile: daemon.directory.path + "/k", encoding: .utf8)
            + String(contentsOfFile: daemon.keyFile, encoding: .utf8)
        try Data(both.utf8).write(to: URL(fileURLWithPath: daemon.keyFile))
        let failed = try daemon.control("reload")
        #expect(failed.status == 1)
        #expect(failed.output.contains("cloakroom.toml:3: unknown key \"levl\" in [log]; did you mean \"level\"?"))
        #expect(failed.output.contains("unknown section [servr]"), "\(failed.output)")
        #expect(try daemon.keys().map(\.id) == before)
        kill(daemon.pid, SIGHUP)
        try daemon.await("it refuses again") {
            daemon.log.split(separator: "not reloaded; everything stays as it was").count > 4
        }
        _ = try daemon.configure("")
        #expect(try daemon.control("reload").status == 0)
        #expect(try daemon.keys().count == 2)
    }

    @Test func keyFileThatIsRefusedLeavesAllAsItWas() throws {
        try daemon.start()
        let before = try daemon.keys().map(\.id)
        for text in ["", "nonsense\n", String(decoding: try otherKey(), as: UTF8.self)] {
            let kept = try Data(contentsOf: URL(fileURLWithPath: daemon.keyFile))
            try Data(text.utf8).write(to: URL(fileURLWithPath: daemon.keyFile))
            let failed = try daemon.control("reload")
            #expect(failed.status == 1, "\(text): \(failed.output)")
            #expect(!text.hasSuffix("=\n") || failed.output.contains(before[0]), "\(failed.output)")
            #expect(try daemon.keys().map(\.id) == before)
            try kept.write(to: URL(fileURLWithPath: daemon.keyFile))
        }
        #expect(chmod(daemon.keyFile, 0o644) == 0)
        #expect(try daemon.control("reload").output.contains("chmod 600"))
        #expect(chmod(daemon.keyFile, 0o600) == 0)
        #expect(try daemon.control("reload").status == 0)
    }

    @Test func poolsTakeTheirKeysAllOrNone() throws {
        let bench = try PoolBench("[pools.shop.key]\nfile = \"DIRECTORY/shop\"\n")
        try bench.makeKey("shop")
        try bench.start()
        let before = try ["default", "blog", "shop"].map { try bench.daemon.keys(of: $0).map(\.id) }
        #expect(before[0] == before[1] && before[0] != before[2])
        // The daemon's key file gets one more, and that of the shop becomes another one.
        let text = Data(try otherKey()) + (try Data(contentsOf: URL(fileURLWithPath: bench.daemon.keyFile)))
        try text.write(to: URL(fileURLWithPath: bench.daemon.keyFile))
        let kept = try Data(contentsOf: URL(fileURLWithPath: bench.daemon.directory.path + "/shop"))
        try otherKey().write(to: URL(fileURLWithPath: bench.daemon.directory.path + "/shop"))
        let failed = try bench.daemon.control("reload")
        #expect(failed.status == 1)
        #expect(failed.output.contains("pool shop: "), "\(failed.output)")
        #expect(try ["default", "blog", "shop"].map { try bench.daemon.keys(of: $0).map(\.id) } == before)
        try kept.write(to: URL(fileURLWithPath: bench.daemon.directory.path + "/shop"))
        #expect(try bench.daemon.control("reload").status == 0)
        #expect(try ["default", "blog", "shop"].map { try bench.daemon.keys(of: $0).count } == [2, 2, 1])
        // One file for two pools: neither loses the key while the other needs it.
        #expect(try bench.daemon.control("keys", "rotate", "--pool", "default").status == 0)
        let early = try bench.daemon.control("keys", "retire", before[0][0])
        #expect(early.status == 1)
        #expect(early.output.contains("pool blog: key \(before[0][0]) still seals"), "\(early.output)")
        #expect(try bench.daemon.keys(of: "default").count == 2)
        #expect(try bench.daemon.control("keys", "rotate").status == 0)
        #expect(try bench.daemon.control("keys", "retire", before[0][0]).status == 0)
        #expect(try ["default", "blog"].map { try bench.daemon.keys(of: $0).count } == [1, 1])
    }

    @Test func serviceManagerIsToldWhenAReloadBeginsAndEnds() throws {
        let path = daemon.directory.path + "/notify"
        let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(manager) }
        try #require(withUnixAddress(path) { bind(manager, $0, $1) } == 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        try daemon.start(under: ["/usr/bin/env", "NOTIFY_SOCKET=\(path)"])
        var messages: [String] = []
        func next() throws -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(manager, &buffer, buffer.count, 0)
            try #require(count > 0, "\(messages)")
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            return messages.last ?? ""
        }
        while try next() != "READY=1" {}
        #expect(try daemon.control("reload").status == 0)
        while try !next().hasPrefix("RELOADING=1\nMONOTONIC_USEC=") {}
        let sent = try #require(messages.last?.split(separator: "=").last.flatMap { UInt64($0) })
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        #expect(sent <= UInt64(now.tv_sec + 1) * 1_000_000 && sent + 60_000_000 > UInt64(now.tv_sec) * 1_000_000)
        while try next() != "READY=1" {}
    }

    private func otherKey() throws -> Data {
        Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedData() + Data("\n".utf8)
    }
}
