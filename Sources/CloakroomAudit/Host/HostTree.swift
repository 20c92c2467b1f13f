// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// The files of a host: this one's, or those below a directory that holds a copy of a host's.
///
/// All paths are as the host knows them, from its root; symbolic links are resolved within the tree.
public struct HostTree: Sendable {
    /// The most that is read of a file, in bytes.
    public static let maximumRead = 4 << 20
    /// As many links as the kernel follows (path_resolution(7)).
    private static let mostLinks = 40

    /// Where the host's root is; empty: it is this host.
    private let root: String

    /// A host's files.
    ///
    /// - Parameter root: the directory that stands for the host's root; `/`: this host.
    public init(root: String = "/") {
        var root = root[...]
        while root.hasSuffix("/") { root.removeLast() }
        self.root = String(root)
    }

    /// Whether it is the host that this program runs on, so that it can also be asked what is not in files.
    public var isThisHost: Bool { root.isEmpty }

    /// What is at a path; `nil` when nothing is, or nobody may look. A symbolic link at its end is what it is itself.
    public func status(of path: String) -> FileStatus? {
        var result = stat()
        return lstat(located(parent(of: path), last: path), &result) == 0 ? FileStatus(result) : nil
    }

    /// What a path leads to, through all links.
    public func target(of path: String) -> (path: String, status: FileStatus)? {
        let resolved = resolve(path)
        var result = stat()
        guard lstat(root + resolved, &result) == 0 else { return nil }
        return (resolved, FileStatus(result))
    }

    /// The first ``maximumRead`` bytes of a regular file; `nil` when it is none or cannot be read.
    public func contents(of path: String) -> [UInt8]? {
        let descriptor = open(root + resolve(path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < Self.maximumRead {
            let count = read(descriptor, &chunk, min(chunk.count, Self.maximumRead - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// A file's text; bytes that are not UTF-8 are replaced.
    public func text(of path: String) -> String? { contents(of: path).map { String(decoding: $0, as: UTF8.self) } }

    /// The names in a directory, in order; `nil` when it is none or cannot be read.
    public func names(in path: String) -> [String]? {
        guard let directory = opendir(root + resolve(path)) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Why it cannot be told what is at a path, as the system says it; `nil`: it can, or nothing is there.
    public func obstacle(at path: String, toReading: Bool = false) -> String? {
        let place = root + resolve(path)
        var status = stat()
        let failed = lstat(place, &status) != 0 || (toReading && access(place, R_OK) != 0)
        return failed && [EACCES, EPERM].contains(errno) ? SystemMessage.text(errno) : nil
    }

    /// What a symbolic link says; `nil` when there is none.
    public func linkText(of path: String) -> String? { linkTarget(located(parent(of: path), last: path)) }

    private func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    private func located(_ parent: String, last path: String) -> String {
        let name = path.lastIndex(of: "/").map { path[$0...] } ?? path[...]
        let directory = resolve(parent)
        return root + (directory == "/" ? "" : directory) + name
    }

    /// The path without symbolic links, as far as it exists.
    private func resolve(_ path: String) -> String {
        var parts = Array(path.split(separator: "/").map(String.init).reversed())
        var done: [String] = []
        var links = 0
        while let part = parts.popLast() {
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let here = "/" + (done + [part]).joined(separator: "/")
            guard let link = linkTarget(root + here), links < Self.mostLinks else {
                done.append(part)
                continue
            }
            links += 1
            if link.hasPrefix("/") { done = [] }
            parts += link.split(separator: "/").map(String.init).reversed()
        }
        return "/" + done.joined(separator: "/")
    }

    private func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let size = buffer.count
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink(path, $0, size) } ?? -1
            }
        }
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
