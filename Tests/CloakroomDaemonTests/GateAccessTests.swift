// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Who may use the gate's socket: as root, with processes of several users.
@Suite(.timeLimit(.minutes(10))) struct GateAccessTests {
    private static let gates: UInt32 = 48_006

    private let bench: PoolBench
    private var socket: String { bench.daemon.gateSocket }

    init() throws {
        bench = try PoolBench()
        _ = try bench.daemon.configure(
            PoolBench.pools.replacing("[server]\n", with: "[server]\ngate_group = \"\(Self.gates)\"\n")
        )
        try bench.start()
    }

    private func isGreeted(_ stream: ProtocolClient) throws -> Bool {
        guard case .hello = try GateClient(stream).ask(.hello(GateRequest.version)) else { return false }
        return true
    }

    private func refusal(of user: PoolBench.User) throws -> String {
        let client = GateClient(try bench.connect(user, to: socket))
        guard case .error(let error) = try client.receive() else { return "" }
        #expect(error.code == .refused)
        #expect(try client.isAtEnd())
        return error.message
    }

    @Test func rootAndTheGroupAreAdmittedAndNobodyElse() throws {
        var status = stat()
        try #require(stat(socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        #expect(status.st_gid == Self.gates)
        #expect(throws: ProtocolClient.Failure.self) { try bench.connect(.stranger, to: socket) }
        #expect(throws: ProtocolClient.Failure.self) { try bench.connect(.web, to: socket) }

        // The file system lets everybody pass now, so that only the daemon is asked.
        try #require(chmod(socket, 0o666) == 0)
        #expect(try isGreeted(ProtocolClient(path: socket)))
        #expect(try isGreeted(ProtocolClient(path: socket, user: 47_121, group: Self.gates)))
        #expect(try isGreeted(bench.connect(.init(id: 47_120, groups: [48_001, Self.gates]), to: socket)))
        #expect(try refusal(of: .stranger).contains("user 47114 may not use the gate's socket: run cloakroom-fcgi as"))
        #expect(bench.daemon.log.contains("connection to the gate's socket refused"))
    }

    @Test func whoeverMayUseThePHPSocketIsRefusedEvenInTheGroup() throws {
        try #require(chmod(socket, 0o666) == 0)
        for user in [PoolBench.User.web, .shop, .blog] {
            let member = PoolBench.User(id: user.id, groups: user.groups + [Self.gates])
            #expect(try refusal(of: member).contains("may use PHP's socket, and so never this one"), "user \(user.id)")
        }
    }

    @Test func memberOfTheGroupIsNotAnAdministratorAndMayNotUsePHPsSocket() throws {
        try #require(chmod(bench.daemon.adminSocket, 0o666) == 0)
        let gate = PoolBench.User(id: 47_120, groups: [Self.gates])
        #expect(try bench.greet(gate).error == .refused)
        let admin = try bench.connect(gate, to: bench.daemon.adminSocket)
        guard case .error(let error) = try AdminReply.next(from: admin.descriptor) else {
            Issue.record("the gate is greeted as an administrator")
            return
        }
        #expect(error.code == .refused)
    }

    @Test func socketOfSystemdIsServedToTheGroupOfItsFile() throws {
        let daemon = try DaemonProcess()
        let inherited = ["ASAN_OPTIONS", "TSAN_OPTIONS"].filter { ProcessInfo.processInfo.environment[$0] != nil }
        try #require(chmod(daemon.directory.path, 0o755) == 0)
        try daemon.launch(
            "/usr/bin/systemd-socket-activate",
            arguments: ["-l", daemon.gateSocket, "-l", daemon.socket, "--fdname=gate:php"]
                + inherited.flatMap { ["-E", $0] } + [DaemonProcess.binary] + daemon.standardArguments
        )
        try daemon.await("systemd listens") {
            access(daemon.socket, F_OK) == 0 && access(daemon.gateSocket, F_OK) == 0
        }
        try #require(chown(daemon.gateSocket, 0, Self.gates) == 0 && chmod(daemon.gateSocket, 0o666) == 0)
        // This connection starts the daemon.
        #expect(try isGreeted(ProtocolClient(path: daemon.gateSocket)))
        #expect(try isGreeted(ProtocolClient(path: daemon.gateSocket, user: 47_121, group: Self.gates)))
        let stranger = GateClient(try ProtocolClient(path: daemon.gateSocket, user: 47_114, group: 48_001))
        #expect(try stranger.receive().error == .refused)
        #expect(try daemon.client().ask(.ping) == .pong)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(access(daemon.gateSocket, F_OK) == 0, "the socket is systemd's")
    }
}
