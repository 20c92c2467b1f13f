// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// A small file system of its own, nearly filled by a file that can be removed. It is unmounted when the object goes.
final class SmallDisk {
    enum Kind: String {
        case tmpfs
        case ext4
    }

    /// RocksDB reserves 70 MB for a log, and wants some 200 MB in hand before it resumes after a full disk.
    private static let size = 400 << 20
    private static let space = 75 << 20

    private let directory: TemporaryDirectory
    private var mountPoint: String { directory.path + "/mounted" }
    private var ballast: String { mountPoint + "/ballast" }

    /// Where the daemon may keep its state.
    var state: String { mountPoint + "/state" }

    init(_ kind: Kind) throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: false)
        switch kind {
        case .tmpfs: try Self.run("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(Self.size)", "tmpfs", mountPoint])
        case .ext4:
            let image = directory.path + "/image"
            try Self.run("/usr/bin/truncate", ["-s", "\(Self.size)", image])
            try Self.run("/usr/sbin/mkfs.ext4", ["-q", "-m", "0", image])
            try Self.run("/usr/bin/mount", ["-o", "loop", image, mountPoint])
        }
        var status = statvfs()
        guard statvfs(mountPoint, &status) == 0 else { throw Finding("\(mountPoint) is not mounted") }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        try Self.run("/usr/bin/fallocate", ["-l", "\(free - Self.space)", ballast])
    }

    deinit { umount2(mountPoint, Int32(MNT_DETACH)) }

    /// Makes space.
    func free() throws { try FileManager.default.removeItem(atPath: ballast) }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let (status, output) = try DaemonProcess.run(program, arguments)
        guard status == 0 else { throw Finding("\(program) failed, which needs root: \(output)") }
    }
}
