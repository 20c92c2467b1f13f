// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomCore
import Glibc

/// Listening sockets that systemd opened for us.
public struct SystemdSockets: Equatable, Sendable {
    /// A listening Unix stream socket, non-blocking and closed on exec. Whoever takes it closes it.
    public struct Socket: Equatable, Sendable {
        /// What it is for; one of the names that are known. Several sockets may have the same.
        public let name: String
        /// The pool that it is tied to; `nil`: none.
        public let pool: PoolName?
        /// The file descriptor.
        public let descriptor: Int32
    }

    /// The name of PHP's socket.
    public static let php = "php"
    /// The name of the admin socket.
    public static let admin = "admin"
    /// The name of the socket of the gate in front of PHP.
    public static let gate = "gate"
    /// The names that a socket may have, besides those of pools.
    public static let known: Set<String> = [php, admin, gate]

    /// The sockets, in the order in which systemd passes them, which changes from start to start.
    public let sockets: [Socket]

    /// The sockets that PHP connects to.
    public var ofClients: [Socket] { sockets.filter { $0.name != Self.admin && $0.name != Self.gate } }
    /// The descriptors of the sockets that administrators connect to.
    public var ofAdministrators: [Int32] { descriptors(Self.admin) }
    /// The descriptors of the sockets that the gate connects to.
    public var ofGate: [Int32] { descriptors(Self.gate) }

    private func descriptors(_ name: String) -> [Int32] { sockets.filter { $0.name == name }.map(\.descriptor) }

    /// The name of the socket of one pool alone.
    public static func php(of pool: PoolName) -> String { "\(php)-\(pool)" }

    /// Takes the sockets that systemd passes to this process; none when it passes none. The variables that announce them are
    /// removed, so that a second call finds none. Call it while the process has one thread (environ(7)).
    ///
    /// - Parameter pools: the pools whose sockets may be among them.
    /// - Throws: ``SystemdError`` for an unknown name, or a descriptor that is not a listening Unix stream socket.
    public static func take(pools: [PoolName] = [.standard]) throws(SystemdError) -> SystemdSockets {
        let tied = Dictionary(uniqueKeysWithValues: pools.map { (php(of: $0), $0) })
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        let passed = try PassedSockets(
            pid: ProcessEnvironment.value(of: "LISTEN_PID"),
            count: ProcessEnvironment.value(of: "LISTEN_FDS"),
            names: ProcessEnvironment.value(of: "LISTEN_FDNAMES"),
            ownPID: getpid()
        )
        let entries = try passed.resolved(known: known.union(tied.keys), defaultName: php)
        for entry in entries { try PassedSockets.prepare(entry.descriptor, name: entry.name) }
        return SystemdSockets(
            sockets: entries.map { Socket(name: $0.name, pool: tied[$0.name], descriptor: $0.descriptor) }
        )
    }
}
