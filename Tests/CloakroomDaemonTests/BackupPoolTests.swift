// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Backups of a daemon with several pools.
@Suite(.timeLimit(.minutes(10))) struct BackupPoolTests {
    private let bench: BackupBench
    private var daemon: DaemonProcess { bench.daemon }
    private let users: [(pool: String, user: PoolBench.User)] = [("default", .web), ("shop", .shop), ("blog", .blog)]

    init() throws {
        bench = try BackupBench(PoolBench.pools)
        try #require(chmod(daemon.directory.path, 0o755) == 0)
        try bench.start()
        try write("old")
    }

    private func client(_ user: PoolBench.User) throws -> ProtocolClient {
        let client = try ProtocolClient(path: daemon.socket, user: user.id, group: user.id, groups: user.groups)
        _ = try client.ask(PoolBench.hello())
        return client
    }

    /// Writes one session in each pool.
    private func write(_ contents: String) throws {
        for (pool, user) in users {
            let client = try client(user)
            let version = try client.read(session("alice"), lock: false).version ?? 0
            let written = try client.write("\(contents) of \(pool)".utf8, to: session("alice"), version: version)
            try #require(written.version != nil, "\(pool): \(written)")
        }
    }

    /// The contents of each pool's session.
    private func contents() throws -> [String?] {
        try users.map {
            try client($0.user).read(session("alice"), lock: false).data.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func allPoolsComeBackTogetherOrOneAlone() throws {
        let all = try bench.made()
        try write("new")
        #expect(daemon.stop() == 0)
        try bench.restored("--pool", "shop")
        try bench.start()
        #expect(try contents() == ["new of default", "old of shop", "new of blog"])
        #expect(daemon.stop() == 0)
        try bench.restored("--backup", all)
        try bench.start()
        #expect(try contents() == ["old of default", "old of shop", "old of blog"])
    }

    @Test func oneMayBeBackedUpAlone() throws {
        let name = try bench.made("--pool", "blog")
        #expect(
            try bench.files(of: name).allSatisfy {
                $0.hasPrefix("manifest") || $0.hasPrefix("state/pools/blog/rocksdb/")
            }
        )
        #expect(try bench.secondOpinion(of: name).status == 0)
        try write("new")
        #expect(daemon.stop() == 0)
        let restored = try bench.restore()
        #expect(restored.status == 0)
        for pool in ["default", "shop"] { #expect(restored.output.contains("pool \(pool) is not in the backup")) }
        try bench.start()
        #expect(try contents() == ["new of default", "new of shop", "old of blog"])
    }

    @Test func allPoolsComeBackToAnEmptyStateDirectory() throws {
        try bench.made()
        #expect(daemon.stop() == 0)
        for name in ["rocksdb", "pools"] {
            try FileManager.default.removeItem(atPath: "\(daemon.stateDirectory)/\(name)")
        }
        try bench.restored()
        try bench.start()
        #expect(try contents() == ["old of default", "old of shop", "old of blog"])
    }

    @Test func backupIsAStateDirectoryThatPlainToolsCanCopy() throws {
        let name = try bench.made()
        #expect(daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: daemon.stateDirectory)
        try DaemonProcess.runOrFail(
            "/bin/cp",
            ["-r", "--preserve=mode", "\(bench.directory)/\(name)/state", daemon.stateDirectory]
        )
        try bench.start()
        #expect(try contents() == ["old of default", "old of shop", "old of blog"])
        let hashes = try DaemonProcess.run(
            "/bin/sh",
            ["-c", "cd '\(bench.directory)/\(name)' && sha256sum --check --strict manifest.sha256"]
        )
        #expect(hashes.status == 0, "\(hashes.output)")
    }

    @Test func storesOfPoolsAreLockedToo() throws {
        try bench.made()
        #expect(daemon.stop() == 0)
        // Another daemon, which has the pool's store as its own.
        let other = try DaemonProcess()
        let store = daemon.stateDirectory + "/pools/shop"
        let key = try String(contentsOfFile: daemon.keyFile, encoding: .utf8)
        try key.write(toFile: other.keyFile, atomically: true, encoding: .utf8)
        try #require(chmod(other.keyFile, 0o600) == 0)
        try FileManager.default.removeItem(atPath: store + "/rocksdb")
        try other.start(["--state-dir", store])
        let outcome = try bench.restore()
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("has the store in \(store)/rocksdb open"), "\(outcome.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory).sorted()
        #expect(names == ["pools", "rocksdb"])
    }
}
