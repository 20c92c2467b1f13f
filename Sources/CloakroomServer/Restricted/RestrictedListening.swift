// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomConfiguration
import Glibc
import Logging

/// Restricted sockets of one kind: systemd's, or one that the daemon made itself and removes at its end.
public struct RestrictedListening: Sendable {
    /// The listening sockets. Whoever takes them closes them; empty: there is none.
    public let descriptors: [Int32]
    /// The group whose members may use them; `nil`: none.
    public let group: UInt32?
    /// Where it listens, for the log.
    public let name: String

    private let own: UnixSocketListener?

    /// Takes systemd's sockets, or makes one.
    ///
    /// - Parameters:
    ///   - passed: the descriptors of systemd's.
    ///   - report: is told why there is none, when the configuration does not ask for one by name. PHP is served without.
    /// - Throws: ``ConfigurationError`` when the configured group does not exist; ``SocketError`` when the configured socket cannot
    ///   be made.
    public init(
        _ socket: RestrictedSocket,
        passed: [Int32],
        _ server: Configuration.Server,
        report: (SocketError) -> Void
    ) throws {
        let text = socket.group(in: server)
        let named = text.isEmpty ? nil : try UserDirectory.groupID(of: text, setting: socket.settings.group)
        guard passed.isEmpty else {
            descriptors = passed
            group = named ?? passed.first.flatMap(Self.group)
            name = "systemd"
            own = nil
            return
        }
        name = socket.path(in: server)
        group = named ?? getegid()
        do throws(SocketError) {
            let access = UnixSocketListener.Access(group: named, mode: 0o660)
            let listener = try UnixSocketListener.open(path: name, access: access, setting: socket.settings.socket)
            own = listener
            descriptors = [listener.descriptor]
        } catch {
            guard !socket.isNamed(in: server) else { throw error }
            report(error)
            own = nil
            descriptors = []
        }
    }

    /// Removes the socket file that the daemon made. Descriptors belong to the server.
    public func close() { own?.remove() }

    /// The group of a socket's file.
    private static func group(of descriptor: Int32) -> UInt32? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard named == 0 else { return nil }
        let path = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
        var status = stat()
        guard !path.isEmpty, stat(String(decoding: path, as: UTF8.self), &status) == 0 else { return nil }
        return status.st_gid
    }
}
