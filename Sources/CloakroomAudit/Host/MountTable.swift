// SPDX-License-Identifier: Apache-2.0

/// What is mounted where (proc_pid_mountinfo(5)); of a copy of a host, what /etc/fstab says (fstab(5)).
public struct MountTable: Sendable {
    /// A mounted file system.
    public struct Mount: Hashable, Sendable {
        /// Where it is mounted.
        public let path: String
        /// Its kind, such as `ext4`.
        public let kind: String
        /// What is mounted, such as `/dev/sda1` or `server:/export`.
        public let source: String

        /// Whether other machines can have it too.
        public var isShared: Bool {
            let kinds: Set<String> = [
                "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.glusterfs", "fuse.mfs",
                "fuse.s3fs",
                "fuse.sshfs", "gfs2", "glusterfs", "lustre", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs",
                "vboxsf",
                "virtiofs",
            ]
            return kinds.contains(kind) || kind.hasPrefix("fuse.") && kind.hasSuffix("s3fs")
        }

        /// Whether it is memory.
        public var isMemory: Bool { kind == "tmpfs" || kind == "ramfs" }
    }

    /// All, in the order in which they were mounted.
    public let mounts: [Mount]

    /// Reads a host's.
    public init(in tree: HostTree) {
        if let text = tree.text(of: "/proc/self/mountinfo") {
            mounts = text.split(separator: "\n").compactMap(Self.mounted)
        } else {
            mounts = (tree.text(of: "/etc/fstab") ?? "").split(separator: "\n").compactMap(Self.listed)
        }
    }

    /// The file system that a path without symbolic links is on; `nil`: nothing tells.
    public func mount(of path: String) -> Mount? {
        mounts.enumerated()
            .filter { path == $1.path || $1.path == "/" || path.hasPrefix($1.path + "/") }
            // Of two at the same place, the later hides the other.
            .max { ($0.element.path.utf8.count, $0.offset) < ($1.element.path.utf8.count, $1.offset) }?.element
    }

    private static func mounted(_ line: Substring) -> Mount? {
        let words = line.split(separator: " ").map(String.init)
        guard let end = words.firstIndex(of: "-"), words.count > end + 2, end > 4 else { return nil }
        return Mount(path: unescaped(words[4]), kind: words[end + 1], source: unescaped(words[end + 2]))
    }

    private static func listed(_ line: Substring) -> Mount? {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 3, !words[0].hasPrefix("#") else { return nil }
        return Mount(path: unescaped(words[1]), kind: words[2], source: unescaped(words[0]))
    }

    /// The kernel writes spaces and the like as three octal digits.
    private static func unescaped(_ text: String) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                result.append(value)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
