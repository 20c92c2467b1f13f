// SPDX-License-Identifier: Apache-2.0

/// What is mounted where (proc(5), `/proc/PID/mountinfo`).
struct HostMounts: Sendable {
    struct Mount: Hashable, Sendable {
        /// The directory.
        let place: String
        /// Such as `ext4`.
        let type: String
        /// Such as `/dev/sda1`.
        let source: String
        /// The numbers of the device, such as `8:1`.
        let device: String

        /// Whether other machines see the same files.
        var isShared: Bool {
            let kind = type.hasPrefix("fuse.") ? String(type.dropFirst(5)) : type
            return Self.shared.contains(kind)
        }

        /// Whether its files have no owner and mode of their own.
        var isWithoutPermissions: Bool { Self.withoutPermissions.contains(type) }

        private static let shared: Set<String> = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "glusterfs", "ceph", "cephfs", "ocfs2", "gfs2", "lustre", "beegfs",
            "afs",
            "sshfs", "s3fs", "davfs", "davfs2", "rclone",
        ]
        private static let withoutPermissions: Set<String> = ["vfat", "msdos", "exfat", "fuseblk", "ntfs3", "vboxsf"]
    }

    private let mounts: [Mount]

    init(in tree: HostTree) {
        mounts = (tree.text(of: "/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Self.mount)
    }

    /// On what a path is. What was mounted last on a directory is what is seen there.
    func mount(of path: String) -> Mount? {
        mounts.reduce(nil) { best, mount in
            let isAbove = mount.place == "/" || path == mount.place || path.hasPrefix(mount.place + "/")
            guard isAbove, mount.place.utf8.count >= best?.place.utf8.count ?? 0 else { return best }
            return mount
        }
    }

    private static func mount(_ line: Substring) -> Mount? {
        let fields = line.split(separator: " ").map(String.init)
        guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 2 else { return nil }
        return Mount(
            place: unescaped(fields[4]),
            type: fields[dash + 1],
            source: unescaped(fields[dash + 2]),
            device: fields[2]
        )
    }

    /// The kernel writes spaces, tabs, line ends and backslashes as three octal digits.
    private static func unescaped(_ text: String) -> String {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let digits = bytes.prefix(3)
            if byte == UInt8(ascii: "\\"), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                result.append(value)
                bytes = bytes.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
