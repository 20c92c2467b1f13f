// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// A listening Unix socket that the daemon made itself, for when systemd does not pass one.
public struct UnixSocketListener: Equatable, Sendable {
    /// Who may connect, as far as the file system has a say.
    public struct Access: Equatable, Sendable {
        /// The owner's user id; nil: the daemon's own.
        public var owner: UInt32?
        /// The group id; nil: the daemon's own.
        public var group: UInt32?
        /// The permission bits.
        public var mode: UInt32

        /// Owner, group and permission bits of the socket.
        public init(owner: UInt32? = nil, group: UInt32? = nil, mode: UInt32) {
            self.owner = owner
            self.group = group
            self.mode = mode
        }
    }

    /// Clients that the kernel lets wait before they are accepted; net.core.somaxconn cuts it.
    static let backlog: Int32 = 4096

    /// Where it listens.
    public let path: String
    /// The file descriptor: non-blocking, closed on exec. Whoever takes it closes it.
    public let descriptor: Int32

    private let device: UInt64
    private let inode: UInt64

    /// Makes the socket. One that a daemon left behind is replaced; one on which somebody still answers is not.
    ///
    /// - Parameter setting: the setting that has the path, for messages.
    /// - Throws: ``SocketError``
    public static func open(
        path: String,
        access: Access,
        setting: String = "server.socket"
    ) throws(SocketError) -> UnixSocketListener {
        guard let address = UnixSocketAddress(path: path) else {
            throw SocketError(
                .path,
                "\(setting) must have 1 to \(UnixSocketAddress.maxPathLength) bytes, and no NUL: \"\(path)\""
            )
        }
        try checkDirectory(of: path, setting)
        try removeStaleSocket(at: path, address, setting)
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            0
        )
        guard descriptor >= 0 else { throw failure("make a socket", path) }
        do throws(SocketError) {
            return try listen(descriptor, path, address, access, setting)
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    /// Removes the socket's file, unless another socket is there by now.
    public func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
        _ = unlink(path)
    }

    private static func listen(
        _ descriptor: Int32,
        _ path: String,
        _ address: UnixSocketAddress,
        _ access: Access,
        _ setting: String
    ) throws(SocketError) -> UnixSocketListener {
        // Linux gives the new file the permissions of the socket itself, so there is no moment in which it is too open.
        // A umask would be one for all threads.
        guard fchmod(descriptor, access.mode & 0o700) == 0 else { throw failure("set the permissions of", path) }
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0 else {
            if errno == EADDRINUSE { throw busy(path, setting) }
            throw failure("bind", path)
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure("examine", path) }
        let listener = UnixSocketListener(
            path: path,
            descriptor: descriptor,
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino)
        )
        do throws(SocketError) {
            // A sandbox may forbid chown, also one that changes nothing. All ones means "leave it" (chown(2)).
            if access.owner != nil || access.group != nil {
                guard lchown(path, access.owner ?? .max, access.group ?? .max) == 0 else {
                    throw failure("change owner or group of", path)
                }
            }
            guard chmod(path, access.mode) == 0 else { throw failure("set the permissions of", path) }
            guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen on", path) }
        } catch {
            listener.remove()
            throw error
        }
        return listener
    }

    private static func checkDirectory(of path: String, _ setting: String) throws(SocketError) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(parent, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw failure("look into the directory of", path) }
            throw SocketError(
                .directory,
                "the directory of \(setting) is missing: make it with: install -d -m 0755 \(parent)"
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SocketError(.directory, "\(setting) is \(path), but \(parent) is not a directory")
        }
    }

    private static func removeStaleSocket(
        at path: String,
        _ address: UnixSocketAddress,
        _ setting: String
    ) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("examine", path) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError(
                .occupied,
                "\(path) is there, and is not a socket: remove it, or set another \(setting)"
            )
        }
        guard try !isAnswered(path, address) else { throw busy(path, setting) }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove the socket left behind at", path) }
    }

    private static func isAnswered(_ path: String, _ address: UnixSocketAddress) throws(SocketError) -> Bool {
        let probe = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            0
        )
        guard probe >= 0 else { throw failure("make a socket to try", path) }
        defer { _ = close(probe) }
        guard address.withSockaddr({ connect(probe, $0, $1) }) != 0 else { return true }
        switch errno {
        case ECONNREFUSED, ENOENT: return false
        // A full backlog, and a socket of another type: somebody is there.
        case EAGAIN, EPROTOTYPE: return true
        default: throw failure("find out whether somebody listens on", path)
        }
    }

    private static func busy(_ path: String, _ setting: String) -> SocketError {
        SocketError(.busy, "another process listens on \(path): stop it, or set another \(setting)")
    }

    private static func failure(_ action: String, _ path: String) -> SocketError {
        SocketError(.system, "cannot \(action) \(path): \(SystemMessage.text(errno))")
    }
}
