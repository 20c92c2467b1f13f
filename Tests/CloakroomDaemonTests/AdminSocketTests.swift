// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Whatever comes on the admin socket, the daemon goes on.
@Suite(.timeLimit(.minutes(10))) struct AdminSocketTests {
    private let daemon: DaemonProcess

    init() throws {
        daemon = try DaemonProcess()
        try daemon.start()
        // From here on it takes signals.
        _ = try daemon.administrator()
    }

    @Test func brokenRequestsAreAnsweredAndEndTheConnection() throws {
        let requests: [([UInt8], AdminError.Code)] = [
            ([0, 0, 0, 1] + "{".utf8, .malformed),
            ([0, 0, 0, 2] + "[]".utf8, .malformed),
            ([0, 0, 0, 0], .tooLarge),
            ([0x7F, 0xFF, 0xFF, 0xFF], .tooLarge),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), .tooLarge),
            (frame("{\"request\":\"shutdown\"}"), .unknownRequest),
            (frame("{\"request\":\"keys\"}") + frame("{\"request\":\"keys\"}"), .busy),
            (frame(String(repeating: "[", count: 100_000)), .malformed),
        ]
        for (bytes, code) in requests {
            let client = try greeted()
            try client.send(bytes)
            guard case .error(let error) = try AdminReply.next(from: client.descriptor) else {
                Issue.record("no error for \(bytes.prefix(40))")
                continue
            }
            #expect(error.code == code, "\(error.message)")
            #expect(try client.isAtEnd())
        }
        #expect(try daemon.control("reload").status == 0)
    }

    @Test func unknownPoolIsAnErrorThatLeavesTheConnection() throws {
        let client = try daemon.administrator()
        let error = #expect(throws: AdminClientError.self) { try client.ask(.keys(pool: "shop")) }
        #expect(error?.message == "the daemon has no pool \"shop\"; its pools are: default")
        #expect(throws: Never.self) { try client.ask(.keys(pool: "default")) }
    }

    @Test func silentClientsHoldNobodyUpAndTheirNumberIsLimited() throws {
        var silent = try (0..<15).map { _ in try greeted() }
        // A frame that never becomes complete.
        for client in silent { try client.send([0, 0, 1]) }
        let last = try daemon.administrator()
        #expect(throws: Never.self) { try last.ask(.keyrings(pool: nil)) }
        let error = #expect(throws: AdminClientError.self) { try daemon.administrator() }
        #expect(error?.message.contains("there are 16 connections to the admin socket") == true)
        #expect(try daemon.client().ask(.ping) == .pong)
        silent.removeAll()
        try daemon.await("places are given back") { (try? daemon.administrator()) != nil }
        withExtendedLifetime(last) {}
    }

    @Test func socketIsRemovedAtTheEndAndADaemonWithoutOneServesPHP() throws {
        #expect(daemon.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: daemon.adminSocket))
        // Something else is where the admin socket would be.
        try FileManager.default.createDirectory(atPath: daemon.adminSocket, withIntermediateDirectories: false)
        try daemon.start()
        #expect(daemon.log.contains("there is no admin socket for cloakroomctl"))
        // Once it answers, it takes signals.
        #expect(try daemon.client().ask(.ping) == .pong)
        #expect(daemon.stop() == 0)
        let named = try daemon.configure("[server]\nadmin_socket = \"\(daemon.adminSocket)\"\n")
        #expect(throws: DaemonProcess.Failure.self) { try daemon.start(named) }
        #expect(daemon.log.contains("remove it, or set another server.admin_socket"))
    }

    @Test func programSaysWhatToDoWithoutADaemon() throws {
        #expect(daemon.stop() == 0)
        let missing = try daemon.control("keys", "list")
        #expect(missing.status == 2)
        #expect(missing.output.contains("there is no admin socket \(daemon.adminSocket): start the daemon"))
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(withUnixAddress(daemon.adminSocket) { bind(listener, $0, $1) } == 0)
        #expect(close(listener) == 0)
        let refused = try daemon.control("keys", "list")
        #expect(refused.status == 2)
        #expect(refused.output.contains("nobody listens on"))
        let json = try daemon.control("keys", "list", "--json")
        #expect(json.status == 2)
        #expect(json.output.hasPrefix("{\"error\":\"nobody listens on"))
    }

    @Test func wrongUsageHasAStatusOfItsOwn() throws {
        #expect(try daemon.control().status == 64)
        #expect(try daemon.control("help").output.contains("EXIT STATUS"))
        let misspelt = try daemon.control("kyes")
        #expect(misspelt.status == 64)
        #expect(misspelt.output.contains("did you mean \"keys\"?"), "\(misspelt.output)")
        #expect(try daemon.control("keys", "retire").status == 64)
        #expect(try daemon.control("keys", "lits").output.contains("did you mean \"list\"?"))
    }

    private func greeted() throws -> ProtocolClient {
        let client = try ProtocolClient(path: daemon.adminSocket)
        guard case .hello = try AdminReply.next(from: client.descriptor) else {
            throw DaemonProcess.Failure(description: "no greeting")
        }
        return client
    }

    private func frame(_ text: String) -> [UInt8] {
        withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { Array($0) } + text.utf8
    }
}
