// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// A daemon with one session in it, and requests to a gate.
struct GateFixture {
    static let living = "abcdefghijklmnopqrstuvwxyz012345"
    static let unknown = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
    static let ping = FastCGIMessage([("SCRIPT_NAME", "/ping"), ("REQUEST_METHOD", "GET")])

    let daemon: DaemonProcess

    init() throws {
        daemon = try DaemonProcess()
        try daemon.start()
        let id = try #require(SessionID(Self.living.utf8))
        let name = try #require(SessionName("PHPSESSID".utf8))
        let session = SessionReference(name: name, id: id)
        let written = try daemon.client().ask(
            .write(
                .init(
                    session: session,
                    version: 0,
                    token: 1,
                    lifetime: 3_600,
                    release: true,
                    identification: .user(try #require(UserName("alice".utf8))),
                    data: SessionData(Array("a|i:1;".utf8))
                )
            )
        )
        try #require(written.version != nil)
    }

    var gateSocket: String { daemon.directory.path + "/gate.sock" }

    func gate(_ arguments: [String] = []) throws -> GateProcess { try GateProcess(daemon: gateSocket, arguments) }

    static func check(
        _ id: String? = living,
        _ more: [(name: String, value: String)] = [],
        role: UInt16 = 1,
        keepsConnection: Bool = false,
        number: UInt16 = 1
    ) -> FastCGIMessage {
        let cookie = id.map { [(name: "HTTP_COOKIE", value: "PHPSESSID=\($0)")] } ?? []
        let parameters = [(name: "REMOTE_ADDR", value: "127.0.0.1"), (name: "SCRIPT_NAME", value: "/_gate")] + cookie
        return FastCGIMessage(parameters + more, role: role, keepsConnection: keepsConnection, number: number)
    }

    /// A port of 127.0.0.1 that nobody listens on just now.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
