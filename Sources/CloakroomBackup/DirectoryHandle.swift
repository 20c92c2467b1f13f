// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open directory. What is in it is reached through it and never by a path, so that nobody who may write to some part of a path can
/// lead this program elsewhere; symbolic links in it are not followed.
final class DirectoryHandle {
    private let descriptor: FileDescriptor
    /// What it is called in messages.
    var path: String { descriptor.path }
    var number: Int32 { descriptor.number }

    private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Opens a directory by its path.
    ///
    /// - Parameter followingLink: whether it may be a symbolic link.
    convenience init(path: String, followingLink: Bool = false) throws(BackupError) {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followingLink ? 0 : O_NOFOLLOW))
        guard number >= 0 else { throw BackupError.system("open the directory", path, errno) }
        self.init(FileDescriptor(number, path))
    }

    /// Opens a directory in this one.
    func directory(_ name: String) throws(BackupError) -> DirectoryHandle {
        let number = openat(self.number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else { throw BackupError.system("open the directory", path(of: name), errno) }
        return DirectoryHandle(FileDescriptor(number, path(of: name)))
    }

    /// Makes a directory of mode 0700, which must not be there, and opens it.
    func makeDirectory(_ name: String, owner: FileOwner? = nil) throws(BackupError) -> DirectoryHandle {
        guard mkdirat(number, name, 0o700) == 0 else {
            throw BackupError.system("make the directory", path(of: name), errno)
        }
        let made = try directory(name)
        let status = try made.status()
        // Else somebody who may write here has put another one in its place.
        guard status.st_uid == geteuid() else {
            throw BackupError(.directory, "\(path(of: name)) was replaced while it was made: look at who writes there")
        }
        if let owner { try made.descriptor.setOwner(owner) }
        guard fchmod(made.number, 0o700) == 0 else {
            throw BackupError.system("set the mode of", path(of: name), errno)
        }
        return made
    }

    func status() throws(BackupError) -> stat { try descriptor.status() }

    /// What is known of an entry, a symbolic link itself if it is one; `nil`: there is none.
    func status(of name: String) throws(BackupError) -> stat? {
        var status = stat()
        if fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        guard errno == ENOENT else { throw BackupError.system("examine", path(of: name), errno) }
        return nil
    }

    /// The names of all entries, in order.
    func names() throws(BackupError) -> [String] {
        // A descriptor of its own, as the stream closes it.
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw BackupError.system("list", path, code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw BackupError.system("list", path, errno) }
                return names.sorted()
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Opens a regular file to read it.
    func file(_ name: String) throws(BackupError) -> FileDescriptor {
        // Without waiting for whoever writes to it, in case that it is a FIFO.
        let file = try openFile(name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        guard try file.status().st_mode & S_IFMT == S_IFREG else {
            throw BackupError(.damaged, "\(file.path) is no regular file")
        }
        return file
    }

    /// Makes a file of mode 0600, which must not be there.
    func makeFile(_ name: String, owner: FileOwner? = nil) throws(BackupError) -> FileDescriptor {
        let file = try openFile(name, O_WRONLY | O_CREAT | O_EXCL)
        if let owner { try file.setOwner(owner) }
        guard fchmod(file.number, 0o600) == 0 else { throw BackupError.system("set the mode of", file.path, errno) }
        return file
    }

    /// Opens a file to lock it, and makes it if need be.
    func lockFile(_ name: String) throws(BackupError) -> FileDescriptor { try openFile(name, O_RDWR | O_CREAT) }

    private func openFile(_ name: String, _ flags: Int32) throws(BackupError) -> FileDescriptor {
        let file = openat(number, name, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            if errno == ELOOP { throw BackupError(.damaged, "\(path(of: name)) is a symbolic link") }
            throw BackupError.system("open", path(of: name), errno)
        }
        return FileDescriptor(file, path(of: name))
    }

    /// Makes a hard link here to a file of another directory; whether the file system could.
    func link(_ name: String, of other: DirectoryHandle) throws(BackupError) -> Bool {
        if linkat(other.number, name, number, name, 0) == 0 { return true }
        // Another file system, one without hard links, or a file that has as many as it can have.
        guard ![EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(errno) else { return false }
        throw BackupError.system("link", path(of: name), errno)
    }

    /// Gives an entry another name, which must not be there.
    func rename(_ name: String, to other: String) throws(BackupError) {
        guard try status(of: other) == nil else {
            throw BackupError(.directory, "\(path(of: other)) is there already: move it away")
        }
        guard renameat(number, name, number, other) == 0 else {
            throw BackupError.system("rename to \(other)", path(of: name), errno)
        }
    }

    /// Removes an entry, and if it is a directory all that is in it.
    func remove(_ name: String) throws(BackupError) {
        if unlinkat(number, name, 0) == 0 || errno == ENOENT { return }
        // What Linux says of a directory, and what POSIX does.
        guard errno == EISDIR || errno == EPERM else { throw BackupError.system("remove", path(of: name), errno) }
        let directory = try directory(name)
        for entry in try directory.names() { try directory.remove(entry) }
        guard unlinkat(number, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw BackupError.system("remove", path(of: name), errno)
        }
    }

    /// Waits until the disk has the names of what is in it.
    func synchronize() throws(BackupError) { try descriptor.synchronize() }

    /// The bytes that can be written here.
    func freeBytes() throws(BackupError) -> Int {
        var system = statvfs()
        guard fstatvfs(number, &system) == 0 else { throw BackupError.system("examine", path, errno) }
        return Int(clamping: UInt64(system.f_bavail)) * Int(clamping: UInt64(system.f_frsize))
    }

    /// The path of an entry, for messages.
    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }
}
