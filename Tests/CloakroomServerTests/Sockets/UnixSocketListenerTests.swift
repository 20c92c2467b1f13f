// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Glibc
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct UnixSocketListenerTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/php.sock" }

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ access: UnixSocketListener.Access = .init(mode: 0o660)) throws -> UnixSocketListener {
        try UnixSocketListener.open(path: path, access: access)
    }

    @Test func socketListensWithTheConfiguredOwnerGroupAndMode() throws {
        let listener = try open(.init(owner: 12_345, group: 54_321, mode: 0o640))
        defer { _ = close(listener.descriptor) }
        let status = try #require(FileStatus(path))
        #expect(status.isSocket)
        #expect(status.mode == 0o640)
        #expect(status.owner == 12_345)
        #expect(status.group == 54_321)
        #expect(try TestSocket(SOCK_STREAM).connect(to: path) == 0)
        #expect(fcntl(listener.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK != 0)
    }

    @Test func ownerAndGroupAreTheDaemonsOwnUnlessConfigured() throws {
        let listener = try open()
        defer { _ = close(listener.descriptor) }
        #expect(FileStatus(path)?.owner == geteuid())
        #expect(FileStatus(path)?.group == getegid())
    }

    @Test func newFileHasThePermissionsOfTheDescriptorWhateverTheUmask() throws {
        // What the listener relies on instead of a umask.
        let socket = try TestSocket(SOCK_STREAM)
        try #require(fchmod(socket.descriptor, 0o600) == 0)
        let address = try #require(UnixSocketAddress(path: path))
        try #require(address.withSockaddr { bind(socket.descriptor, $0, $1) } == 0)
        #expect(FileStatus(path)?.mode == 0o600)
    }

    @Test func socketLeftBehindIsReplaced() throws {
        do { _ = try TestSocket(SOCK_STREAM, boundTo: UnixSocketAddress(path: path), listening: true) }
        #expect(FileStatus(path)?.isSocket == true)
        let listener = try open()
        defer { _ = close(listener.descriptor) }
        #expect(try TestSocket(SOCK_STREAM).connect(to: path) == 0)
    }

    @Test(arguments: [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET])
    func socketOnWhichSomebodyListensIsLeftAlone(type: __socket_type) throws {
        let other = try TestSocket(type, boundTo: UnixSocketAddress(path: path), listening: type != SOCK_DGRAM)
        let error = #expect(throws: SocketError.self) { try open() }
        #expect(error?.code == .busy)
        #expect(error?.message == "another process listens on \(path): stop it, or set another server.socket")
        #expect(try TestSocket(type).connect(to: path) == 0)
        withExtendedLifetime(other) {}
    }

    @Test func fullBacklogCountsAsListening() throws {
        let other = try TestSocket(SOCK_STREAM, boundTo: UnixSocketAddress(path: path), listening: true)
        // A backlog of 1 holds two.
        let waiting = [try TestSocket(SOCK_STREAM), try TestSocket(SOCK_STREAM)]
        for client in waiting { #expect(client.connect(to: path) == 0) }
        #expect(throws: SocketError(.busy, "")) { try open() }
        withExtendedLifetime((other, waiting)) {}
    }

    @Test func fileThatIsNotASocketIsLeftAlone() throws {
        _ = try directory.file("php.sock", Array("precious".utf8))
        let error = #expect(throws: SocketError.self) { try open() }
        #expect(error?.code == .occupied)
        #expect(try TestFile.text(path) == "precious")
    }

    @Test func symbolicLinkIsNotFollowed() throws {
        let target = directory.path + "/target"
        try #require(symlink(target, path) == 0)
        #expect(throws: SocketError(.occupied, "")) { try open() }
        #expect(FileStatus(target) == nil)
    }

    @Test func missingDirectoryIsNamed() {
        let error = #expect(throws: SocketError.self) {
            try UnixSocketListener.open(path: directory.path + "/run/php.sock", access: .init(mode: 0o660))
        }
        #expect(error?.code == .directory)
        #expect(
            error?.message
                == "the directory of server.socket is missing: make it with: install -d -m 0755 \(directory.path)/run"
        )
    }

    @Test func fileInPlaceOfTheDirectoryIsNamed() throws {
        let file = try directory.file("run", [])
        #expect(throws: SocketError(.directory, "")) {
            try UnixSocketListener.open(path: file + "/php.sock", access: .init(mode: 0o660))
        }
    }

    @Test func pathMayHave107BytesAndNoMore() throws {
        let longest = directory.path + "/" + String(repeating: "s", count: 107 - directory.path.utf8.count - 1)
        let listener = try UnixSocketListener.open(path: longest, access: .init(mode: 0o660))
        defer { _ = close(listener.descriptor) }
        #expect(FileStatus(longest)?.isSocket == true)
        for path in [longest + "s", "", "/a\0b"] {
            #expect(throws: SocketError(.path, "")) {
                try UnixSocketListener.open(path: path, access: .init(mode: 0o660))
            }
        }
    }

    @Test func removeTakesOurSocketAwayAndNoOther() throws {
        let listener = try open()
        _ = close(listener.descriptor)
        listener.remove()
        #expect(FileStatus(path) == nil)
        // A file of the same inode number would be taken for ours: keep the number in use.
        let first = try open()
        defer { _ = close(first.descriptor) }
        try #require(rename(path, path + ".old") == 0)
        _ = try directory.file("php.sock", [])
        first.remove()
        #expect(FileStatus(path) != nil)
    }
}
