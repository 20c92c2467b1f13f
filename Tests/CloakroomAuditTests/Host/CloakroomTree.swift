// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Glibc

/// The files of a host, made for a test. It begins as a host on which Cloakroom is set up as it is shipped, with one pool of PHP-FPM,
/// and nothing is wrong.
final class CloakroomTree {
    static let daemon: UInt32 = 990
    static let webServer: UInt32 = 33
    static let adminGroup: UInt32 = 991
    static let gate: UInt32 = 989
    private static let repository = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    private let directory: TemporaryDirectory
    /// What the running host says.
    var observed = Observations()
    /// What the pool's own directives are besides those of the shipped file.
    private var poolLines: [String] = []

    /// A file of the repository.
    static func shipped(_ path: String) throws -> String { try TestFile.text("\(repository)/\(path)") }

    init() throws {
        directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        try accounts()
        try kernel()
        try cloakroom()
        try php()
    }

    /// What an audit is given.
    var host: AuditedHost {
        let tree = HostTree(root: directory.path)
        let found = PHPDiscovery(in: tree)
        return AuditedHost(tree: tree, runtimes: found.runtimes, problems: found.problems, observed: observed)
    }

    /// The codes of all that the checks of the host find, each once.
    var codes: [String] {
        let host = host
        return Array(Set(AuditChecks.host.flatMap { $0.findings(on: host) }.map(\.code))).sorted()
    }

    var root: String { directory.path }

    func directory(_ path: String, mode: UInt32 = 0o755, owner: UInt32 = 0, group: UInt32 = 0) throws {
        try FileManager.default.createDirectory(atPath: directory.path + path, withIntermediateDirectories: true)
        try own(path, mode, owner, group)
    }

    func file(_ path: String, _ text: String, mode: UInt32 = 0o644, owner: UInt32 = 0, group: UInt32 = 0) throws {
        let parent = URL(fileURLWithPath: directory.path + path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: directory.path + path, atomically: false, encoding: .utf8)
        try own(path, mode, owner, group)
    }

    func append(_ path: String, _ text: String) throws {
        let old = try TestFile.text(directory.path + path)
        try (old + text).write(toFile: directory.path + path, atomically: false, encoding: .utf8)
    }

    func link(_ path: String, to target: String) throws {
        try? remove(path)
        try FileManager.default.createSymbolicLink(atPath: directory.path + path, withDestinationPath: target)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: directory.path + path) }

    func own(_ path: String, _ mode: UInt32, _ owner: UInt32 = 0, _ group: UInt32 = 0) throws {
        guard chown(directory.path + path, owner, group) == 0, chmod(directory.path + path, mode) == 0 else {
            throw POSIXError(.EPERM)
        }
    }

    /// A socket's file; nobody listens.
    func socket(_ path: String, mode: UInt32, owner: UInt32 = 0, group: UInt32 = 0) throws {
        guard mknod(directory.path + path, S_IFSOCK | 0o600, 0) == 0 else { throw POSIXError(.EPERM) }
        try own(path, mode, owner, group)
    }

    func hardLink(_ path: String, _ other: String) throws {
        guard Glibc.link(directory.path + path, directory.path + other) == 0 else { throw POSIXError(.EPERM) }
    }

    /// Days since a file was last changed.
    func age(_ path: String, days: Int) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -86_400 * Double(days))],
            ofItemAtPath: directory.path + path
        )
    }

    /// Writes more lines into the pool's file.
    func pool(_ lines: String...) throws {
        try append("/etc/php/8.2/fpm/pool.d/www.conf", lines.map { $0 + "\n" }.joined())
    }

    /// Writes a drop-in of a unit.
    func dropIn(_ lines: String..., section: String = "Service", unit: String = "cloakroomd.service") throws {
        try file(
            "/etc/systemd/system/\(unit).d/override.conf",
            "[\(section)]\n" + lines.map { $0 + "\n" }.joined()
        )
    }

    /// Writes the daemon's configuration.
    func configure(_ text: String) throws { try file("/etc/cloakroom/cloakroom.toml", text) }

    private func accounts() throws {
        try file(
            "/etc/passwd",
            """
            root:x:0:0:root:/root:/bin/bash
            www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
            cloakroom:x:990:990:Cloakroom:/var/lib/cloakroom:/usr/sbin/nologin
            cloakroom-gate:x:989:989:Cloakroom gate:/:/usr/sbin/nologin
            alice:x:1000:1000:Alice:/home/alice:/bin/bash
            shop:x:1001:1001:Shop:/srv/shop:/bin/bash

            """
        )
        try file(
            "/etc/group",
            """
            root:x:0:
            www-data:x:33:
            cloakroom:x:990:
            cloakroom-admin:x:991:alice
            cloakroom-gate:x:989:
            alice:x:1000:
            shop:x:1001:

            """
        )
    }

    private func kernel() throws {
        try file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")
        try file("/proc/sys/fs/suid_dumpable", "0\n")
        try file("/proc/sys/kernel/core_pattern", "core\n")
        try file("/proc/sys/kernel/yama/ptrace_scope", "1\n")
        try mounts()
        try file(
            "/proc/net/unix",
            """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01 100 /run/cloakroom/php.sock
            0000000000000000: 00000002 00000000 00010000 0001 01 101 /run/cloakroom/admin.sock
            0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/other.sock

            """
        )
    }

    /// Writes what is mounted, with lines besides that of the root.
    func mounts(_ lines: String...) throws {
        let root = "26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        try file("/proc/self/mountinfo", root + lines.map { $0 + "\n" }.joined())
    }

    private func cloakroom() throws {
        for unit in [
            "cloakroomd.service", "cloakroomd.socket", "cloakroomd-admin.socket", "cloakroomd-gate.socket",
            "cloakroom-fcgi.service", "cloakroom-fcgi.socket", "cloakroom-fcgi-tcp.socket",
        ] { try file("/usr/lib/systemd/system/\(unit)", try Self.shipped("conf/systemd/\(unit)")) }
        try enable("cloakroomd.service", for: "multi-user.target")
        try enable("cloakroom-fcgi.socket", for: "sockets.target")
        try file("/etc/cloakroom/cloakroom.toml", try Self.shipped("conf/cloakroom.toml"))
        try file("/etc/cloakroom/key", "# 0011223344556677, added 2026-01-31\nnot a key\n", mode: 0o600)
        try today("/etc/cloakroom/key")
        try directory("/var/lib/cloakroom", mode: 0o700, owner: Self.daemon, group: Self.daemon)
        try directory("/run/cloakroom")
        try socket("/run/cloakroom/php.sock", mode: 0o660, group: Self.webServer)
        try socket("/run/cloakroom/admin.sock", mode: 0o660, group: Self.adminGroup)
        try socket("/run/cloakroom/gate.sock", mode: 0o660, group: Self.gate)
        try socket("/run/cloakroom/fcgi.sock", mode: 0o660, group: Self.webServer)
    }

    /// What `systemctl enable` does.
    func enable(_ unit: String, for target: String) throws {
        try directory("/etc/systemd/system/\(target).wants")
        try link("/etc/systemd/system/\(target).wants/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
    }

    /// Dates the key's comment today, so that no test grows old.
    private func today(_ path: String) throws {
        try file(path, "# 0011223344556677, added \(Self.date(daysAgo: 1))\nkey\n", mode: 0o600)
    }

    static func date(daysAgo days: Int) -> String {
        let format = DateFormatter()
        format.dateFormat = "yyyy-MM-dd"
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        return format.string(from: Date(timeIntervalSinceNow: -86_400 * Double(days)))
    }

    private func php() throws {
        try file("/etc/php/8.2/fpm/php.ini", "[PHP]\n")
        try file("/etc/php/8.2/fpm/php-fpm.conf", "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n")
        try file("/etc/php/8.2/fpm/pool.d/www.conf", try Self.shipped("conf/php-fpm/cloakroom.conf"))
    }
}
