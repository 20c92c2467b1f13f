// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Who may use the admin socket: as root, with processes of several users.
@Suite(.timeLimit(.minutes(10))) struct AdminAccessTests {
    private static let administrators: UInt32 = 48_005

    private let bench: PoolBench
    private var socket: String { bench.daemon.adminSocket }

    init() throws {
        bench = try PoolBench()
        _ = try bench.daemon.configure(
            PoolBench.pools.replacing("[server]\n", with: "[server]\nadmin_group = \"\(Self.administrators)\"\n")
        )
        try bench.start()
    }

    @Test func rootAndTheGroupAreAdmittedAndNobodyElse() throws {
        var status = stat()
        try #require(stat(socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        #expect(status.st_gid == Self.administrators)

        // The file system lets everybody pass now, so that only the daemon is asked.
        try #require(chmod(socket, 0o666) == 0)
        #expect(try isGreeted(ProtocolClient(path: socket)))
        let admin = PoolBench.User(id: 47_120, groups: [48_001, Self.administrators])
        #expect(try isGreeted(bench.connect(admin, to: socket)))
        let primary = try ProtocolClient(path: socket, user: 47_121, group: Self.administrators)
        #expect(try isGreeted(primary))
        #expect(try refusal(of: .stranger).contains("user 47114 may not use the admin socket"))
        #expect(bench.daemon.log.contains("administrator refused"))
    }

    @Test func whoeverMayUseThePHPSocketIsRefusedEvenInTheGroup() throws {
        try #require(chmod(socket, 0o666) == 0)
        for user in [PoolBench.User.web, .shop, .blog] {
            let member = PoolBench.User(id: user.id, groups: user.groups + [Self.administrators])
            #expect(try refusal(of: member).contains("may use PHP's socket, and so never this one"), "user \(user.id)")
        }
    }

    @Test func fileSystemKeepsOthersOut() throws {
        #expect(throws: ProtocolClient.Failure.self) { try bench.connect(.stranger, to: socket) }
        #expect(throws: ProtocolClient.Failure.self) { try bench.connect(.web, to: socket) }
    }

    @Test func socketOfSystemdIsServedToTheGroupOfItsFile() throws {
        let daemon = try DaemonProcess()
        let inherited = ["ASAN_OPTIONS", "TSAN_OPTIONS"].filter { ProcessInfo.processInfo.environment[$0] != nil }
        try #require(chmod(daemon.directory.path, 0o755) == 0)
        try daemon.launch(
            "/usr/bin/systemd-socket-activate",
            arguments: ["-l", daemon.adminSocket, "-l", daemon.socket, "--fdname=admin:php"]
                + inherited.flatMap { ["-E", $0] } + [DaemonProcess.binary] + daemon.standardArguments
        )
        try daemon.await("systemd listens") {
            access(daemon.socket, F_OK) == 0 && access(daemon.adminSocket, F_OK) == 0
        }
        try #require(chown(daemon.adminSocket, 0, Self.administrators) == 0 && chmod(daemon.adminSocket, 0o666) == 0)
        // This connection starts the daemon.
        #expect(try isGreeted(ProtocolClient(path: daemon.adminSocket)))
        #expect(try isGreeted(ProtocolClient(path: daemon.adminSocket, user: 47_121, group: Self.administrators)))
        let stranger = try ProtocolClient(path: daemon.adminSocket, user: 47_114, group: 48_001)
        guard case .error(let error) = try reply(stranger) else { throw DaemonProcess.Failure(description: "no error") }
        #expect(error.message.contains("or join group \(Self.administrators)"))
        #expect(try daemon.client().ask(.ping) == .pong)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(access(daemon.adminSocket, F_OK) == 0, "the socket is systemd's")
    }

    private func isGreeted(_ client: ProtocolClient) throws -> Bool {
        guard case .hello(let greeting) = try reply(client) else { return false }
        return greeting.version == AdminVersion.current
    }

    private func refusal(of user: PoolBench.User) throws -> String {
        let client = try bench.connect(user, to: socket)
        guard case .error(let error) = try reply(client) else { return "" }
        #expect(error.code == .refused)
        #expect(try client.isAtEnd())
        return error.message
    }

    private func reply(_ client: ProtocolClient) throws -> AdminReply {
        try AdminReply.next(from: client.descriptor)
    }
}

extension AdminReply {
    /// Reads the next frame of a socket.
    static func next(from descriptor: Int32) throws -> AdminReply {
        let head = try bytes(AdminFrame.lengthField, descriptor)
        return try AdminJSON.decode(AdminReply.self, from: bytes(head.reduce(0) { $0 << 8 | Int($1) }, descriptor))
    }

    private static func bytes(_ count: Int, _ descriptor: Int32) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
        guard received == count else { throw DaemonProcess.Failure(description: "\(received) of \(count) bytes") }
        return bytes
    }
}
