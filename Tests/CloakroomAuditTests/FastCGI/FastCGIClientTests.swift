// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Glibc
import Testing

/// Servers that do not do what they should.
@Suite struct FastCGIClientTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path(of: "fpm.sock")
    }

    /// Listens, and answers each connection with these bytes once it has sent something; then it closes, or keeps silent.
    private func serve(_ bytes: [UInt8], closes: Bool = true) throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 4) == 0)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Here, once the test has shut it down: closed by the test, its number could be that of another test's already.
                    close(listener)
                    return
                }
                var chunk = [UInt8](repeating: 0, count: 4096)
                _ = read(connection, &chunk, chunk.count)
                _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // One that is silent stays open until the test's process ends.
                guard closes else { continue }
                // With something unread, closing would be a reset, which may come before the answer.
                shutdown(connection, Int32(SHUT_WR))
                while read(connection, &chunk, chunk.count) > 0 {}
                close(connection)
            }
        }
        return listener
    }

    private func error(_ limit: Duration = .seconds(10)) -> FastCGIError? {
        do {
            _ = try FastCGIClient(.unix(path: path), limit: limit).ask([("A", "B")])
            return nil
        } catch { return error }
    }

    @Test func nobodyListens() throws {
        #expect(error() == .notRunning)
        _ = try directory.file("fpm.sock", "".utf8)
        #expect(error() == .notRunning)
    }

    @Test func aConnectionThatEndsIsLost() throws {
        let listener = try serve([1, 6, 0, 1, 0, 100, 0, 0, 1])
        defer { shutdown(listener, Int32(SHUT_RDWR)) }
        #expect(error() == .lost)
    }

    @Test func silenceHasALimit() throws {
        let listener = try serve([1, 6, 0, 1, 0, 1, 0, 0, 65], closes: false)
        defer { shutdown(listener, Int32(SHUT_RDWR)) }
        #expect(error(.milliseconds(200)) == .late)
    }

    @Test func anotherProtocolIsTold() throws {
        let listener = try serve(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        defer { shutdown(listener, Int32(SHUT_RDWR)) }
        guard case .malformed = error() else {
            Issue.record("it is not told")
            return
        }
    }

    @Test func noNetworkIsAsked() {
        #expect(throws: FastCGIError.self) { try FastCGIClient(.network, limit: .seconds(1)) }
    }
}
