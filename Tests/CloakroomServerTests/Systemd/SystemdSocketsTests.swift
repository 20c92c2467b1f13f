// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomCore
import Glibc
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct SystemdSocketsTests {
    private let directory: TemporaryDirectory
    private var address: UnixSocketAddress? { UnixSocketAddress(path: directory.path + "/s") }

    init() throws { directory = try TemporaryDirectory() }

    @Test func listeningStreamSocketIsMadeNonBlockingAndClosedOnExec() throws {
        let socket = try TestSocket(SOCK_STREAM, boundTo: address, listening: true)
        try PassedSockets.prepare(socket.descriptor, name: "php")
        #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK != 0)
    }

    @Test func socketOfAnotherKindIsRefused() throws {
        let stream = try TestSocket(SOCK_STREAM, boundTo: address)
        let error = #expect(throws: SystemdError.self) { try PassedSockets.prepare(stream.descriptor, name: "php") }
        #expect(
            error?.message
                == "the socket \"php\" that systemd passes (descriptor \(stream.descriptor)) is not a listening one: "
                + "remove Accept=yes from the socket unit"
        )
        let datagram = try TestSocket(SOCK_DGRAM)
        #expect(throws: SystemdError(.socket, "")) {
            try PassedSockets.prepare(datagram.descriptor, name: "php")
        }
        let network = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = close(network) }
        #expect(throws: SystemdError(.socket, "")) { try PassedSockets.prepare(network, name: "php") }
    }

    @Test func fileAndClosedDescriptorAreRefused() throws {
        let file = open("/dev/null", O_RDONLY)
        defer { _ = close(file) }
        #expect(throws: SystemdError(.socket, "")) { try PassedSockets.prepare(file, name: "php") }
        #expect(throws: SystemdError(.socket, "")) { try PassedSockets.prepare(-1, name: "php") }
    }

    @Test func variablesAreRemovedAlsoWhenTheyAreRefused() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            setenv("LISTEN_FDNAMES", "ghost", 1)
            #expect(throws: SystemdError(.socket, "")) { try SystemdSockets.take() }
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { #expect(getenv(name) == nil) }
            let again = try SystemdSockets.take()
            #expect(again.sockets == [])
        }
    }

    @Test func socketOfAPoolThatIsNotConfiguredIsRefused() async {
        await #expect(processExitsWith: .success) {
            let shop = try #require(PoolName("shop"))
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            setenv("LISTEN_FDNAMES", "php-blog", 1)
            let error = #expect(throws: SystemdError.self) { try SystemdSockets.take(pools: [.standard, shop]) }
            #expect(error?.message.contains("a socket named \"php-blog\", which is not known") == true)
            // Those of pools as well.
            #expect(
                error?.message.contains(
                    "FileDescriptorName=php-default, FileDescriptorName=php-shop in its socket unit"
                ) == true
            )
        }
    }
}
