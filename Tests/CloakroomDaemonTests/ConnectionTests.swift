// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomProcessKit
import Foundation
import NIOCore
import Testing

/// What a client may and may not send, asked of the real daemon.
@Suite(.timeLimit(.minutes(10))) struct ConnectionTests {
    @Test func sessionGoesRound() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        let alice = try session("alice")
        #expect(try client.read(alice) == .absent(.unknown))
        let version = try #require(try client.write("contents".utf8, to: alice, version: 0).version)
        #expect(try client.read(alice) == .found(version: version, data: SessionData(Array("contents".utf8))))
        #expect(try client.ask(.ping) == .pong)
        #expect(try client.ask(.destroy(alice)) == .destroyed(existed: true))
        #expect(try client.read(alice) == .absent(.unknown))
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("created=1"))
        #expect(!daemon.log.contains("alice"))
        #expect(!daemon.log.contains("contents"))
    }

    @Test func requestsSentTogetherAreAnsweredInOrder() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try ProtocolClient(path: daemon.socket)
        var packet = ByteBuffer()
        Request.hello(.init(version: .current, nonce: 42)).encode(into: &packet)
        Request.read(.init(session: try session("alice"), lock: true, wait: 0)).encode(into: &packet)
        Request.release.encode(into: &packet)
        Request.ping.encode(into: &packet)
        try client.send(packet.readableBytesView)
        guard case .hello(let hello) = try client.receive() else {
            Issue.record("HELLO was not answered")
            return
        }
        #expect(hello.nonce == 42)
        #expect(hello.maximumData == 4 << 20)
        #expect(hello.lockWait == 30_000)
        #expect(try client.receive() == .absent(.unknown))
        #expect(try client.receive() == .pong)
    }

    @Test func bytesThatArriveOneByOneMakeTheSameRequest() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        var frame = ByteBuffer()
        Request.read(.init(session: try session("alice"), lock: true, wait: 0)).encode(into: &frame)
        for byte in frame.readableBytesView { try client.send([byte]) }
        #expect(try client.receive() == .absent(.unknown))
    }

    @Test(
        arguments: [
            ([0, 0, 0, 1, 0x63], ErrorCode.unknownOperation),
            ([0, 0, 0, 0], .malformed),
            ([0, 0, 0, 2, 0x08, 0], .malformed),
            ([0, 0, 0, 3, 0x02, 1, 0], .malformed),
            ([0xff, 0xff, 0xff, 0xff], .frameTooLarge),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), .frameTooLarge),
        ] as [([UInt8], ErrorCode)]
    )
    func frameThatCannotBeTrustedIsRefusedAndTheConnectionClosed(_ bytes: [UInt8], _ code: ErrorCode) throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let other = try daemon.client()
        let client = try daemon.client()
        try client.send(bytes)
        #expect(try client.receive().error == code)
        #expect(try client.isAtEnd())
        #expect(try other.ask(.ping) == .pong, "another client is served")
    }

    @Test func badIDIsRefusedAndTheConnectionGoesOn() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        let fields: [UInt8] = [0x06, 1, UInt8(ascii: "n"), 0, 2] + Array("..".utf8)
        try client.send([0, 0, 0, UInt8(fields.count)] + fields)
        try client.send(Request.ping)
        #expect(try client.receive().error == .badSessionID)
        #expect(try client.receive() == .pong)
    }

    @Test func firstRequestMustBeHello() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try ProtocolClient(path: daemon.socket)
        #expect(try client.ask(.ping).error == .helloRequired)
        #expect(try client.isAtEnd())
        let old = try ProtocolClient(path: daemon.socket)
        #expect(
            try old.ask(.hello(.init(version: ProtocolVersion(rawValue: 0), nonce: 1))).error == .unsupportedVersion
        )
        let newer = try ProtocolClient(path: daemon.socket)
        guard case .hello(let hello) = try newer.ask(.hello(.init(version: ProtocolVersion(rawValue: 9), nonce: 1)))
        else {
            Issue.record("a newer client is told which version to use")
            return
        }
        #expect(hello.version == .current)
    }

    @Test func frameThatIsNotCompletedAndSilenceBeforeHelloTimeOut() throws {
        let daemon = try DaemonProcess()
        let configuration = daemon.directory.path + "/cloakroom.toml"
        try "[server]\nframe_timeout = 1\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        try daemon.start(["--config", configuration])
        let silent = try ProtocolClient(path: daemon.socket)
        let slow = try daemon.client()
        try slow.send([0, 0, 0, 5, 0x07])
        let idle = try daemon.client()
        #expect(try slow.receive().error == .frameTimedOut)
        #expect(try slow.isAtEnd())
        #expect(try silent.receive().error == .frameTimedOut)
        #expect(try idle.ask(.ping) == .pong, "a connection between requests has no time limit")
    }

    @Test(arguments: [0, 1, 2048, 1 << 20, (4 << 20) - 1, 4 << 20])
    func dataUpToTheLimitComesBackByteForByte(_ size: Int) throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        let alice = try session("alice")
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        _ = try client.write(data, to: alice, version: 0)
        #expect(try client.read(alice).data == data)
    }

    @Test func oneByteOverTheLimitIsRefusedAndTheConnectionGoesOn() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        let alice = try session("alice")
        let data = [UInt8](repeating: 7, count: (4 << 20) + 1)
        #expect(try client.write(data, to: alice, version: 0).error == .dataTooLarge)
        #expect(try client.read(alice) == .absent(.unknown))
        #expect(try client.ask(.ping) == .pong)
    }
}
