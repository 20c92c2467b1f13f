// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// A daemon with pools, and processes of several users.
struct PoolBench {
    /// A user by number; there need be none of that name.
    struct User {
        let id: UInt32
        var groups: [UInt32] = []

        /// Of `default`.
        static let web = User(id: 47_111)
        /// Of `shop`.
        static let shop = User(id: 47_112)
        /// Of `blog`, by a supplementary group.
        static let blog = User(id: 47_113, groups: [48_001, 48_000])
        /// Of `shop` and `blog`.
        static let both = User(id: 47_112, groups: [48_000])
        /// Of none.
        static let stranger = User(id: 47_114, groups: [48_001])
    }

    static let pools = """
        [server]
        socket_mode = "0666"
        users = [47111]
        [pools.shop]
        unix_users = [47112]
        [pools.blog]
        unix_groups = [48000]

        """

    let daemon: DaemonProcess
    let arguments: [String]

    /// Writes the configuration, which has the two pools and `more`, and starts nothing yet.
    init(_ more: String = "", clock: MovableClock? = nil) throws {
        daemon = try DaemonProcess(clock: clock)
        arguments = try Self.configure(daemon, more)
        // Nothing but the daemon's own doing shall be in other users' way.
        try #require(chmod(daemon.directory.path, 0o755) == 0)
    }

    /// Writes the configuration anew, and answers the arguments that make the daemon read it.
    @discardableResult
    static func configure(_ daemon: DaemonProcess, _ more: String = "") throws -> [String] {
        try daemon.configure(pools + more.replacing("DIRECTORY", with: daemon.directory.path))
    }

    func start() throws { try daemon.start(arguments) }

    /// A connection of a user, without a HELLO.
    func connect(_ user: User, to socket: String? = nil) throws -> ProtocolClient {
        try ProtocolClient(path: socket ?? daemon.socket, user: user.id, group: user.id, groups: user.groups)
    }

    /// The answer to a user's HELLO, or what he is told before that.
    func greet(_ user: User, to socket: String? = nil, claiming pool: String? = nil) throws -> Response {
        let client = try connect(user, to: socket)
        // One that is refused at once may have been closed by then.
        try? client.send(Self.hello(pool))
        return try client.receive()
    }

    /// A connection of a user that has said HELLO.
    func client(_ user: User, to socket: String? = nil, claiming pool: String? = nil) throws -> ProtocolClient {
        let client = try connect(user, to: socket)
        let answer = try client.ask(Self.hello(pool))
        guard case .hello = answer else { throw DaemonProcess.Failure(description: "HELLO was answered \(answer)") }
        return client
    }

    static func hello(_ pool: String? = nil) -> Request {
        .hello(.init(version: .current, nonce: 1, pool: pool.flatMap { PoolName($0) }))
    }

    /// Makes another key file.
    func makeKey(_ name: String) throws {
        let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
        let path = daemon.directory.path(of: name)
        try #require(
            FileManager.default.createFile(
                atPath: path,
                contents: Data(key.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        )
    }

    func stateDirectory(of pool: String) -> String {
        pool == "default" ? daemon.stateDirectory : "\(daemon.stateDirectory)/pools/\(pool)"
    }
}

extension Response {
    /// The text of ERROR; empty for anything else.
    var reason: String { if case .error(let error) = self { error.message } else { "" } }
}
