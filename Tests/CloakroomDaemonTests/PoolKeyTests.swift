// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomRocksDB
import CloakroomSessions
import CloakroomStore
import Foundation
import Testing

/// Keys, and where pools are on the disk.
@Suite(.timeLimit(.minutes(10))) struct PoolKeyTests {
    private static let ownKey = "[pools.shop.key]\nfile = \"DIRECTORY/shop.key\"\n"

    private func key(_ path: String) throws -> MasterKey {
        try SecureHeap.prepare()
        return try MasterKey(contents: SecureBytes(copying: try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// What can be opened of a copy of a store by somebody who has these keys.
    private func opens(_ directory: String, pool: String, with keys: [String]) throws -> Bool {
        let store = try RocksDBStore(directory: directory, durability: .process)
        defer { store.close() }
        let keyring = try Keyring(try keys.map { try key($0) })
        do {
            _ = try SessionSealer.open(store, keyring: keyring, pool: try #require(PoolName(pool)))
            return true
        } catch let error as CryptoError where error.code == .keyring {
            return false
        }
    }

    @Test func droppingAPoolsKeyErasesThePoolBackupsIncluded() throws {
        let bench = try PoolBench(Self.ownKey)
        try bench.makeKey("shop.key")
        try bench.start()
        let alice = try session("alice")
        for user in [PoolBench.User.web, .shop, .blog] {
            #expect(try bench.client(user).write("secret".utf8, to: alice, version: 0).version != nil)
        }
        #expect(bench.daemon.stop() == 0)

        let backup = bench.daemon.directory.path(of: "backup")
        try FileManager.default.copyItem(atPath: bench.daemon.stateDirectory, toPath: backup)
        let daemons = bench.daemon.keyFile
        let own = bench.daemon.directory.path(of: "shop.key")
        #expect(try opens("\(backup)/pools/shop", pool: "shop", with: [own]))
        #expect(try !opens("\(backup)/pools/shop", pool: "shop", with: [daemons]))
        #expect(try !opens(backup, pool: "default", with: [own]))
        #expect(try opens(backup, pool: "default", with: [daemons]))
        // Derived keys are those of their pool only, although they come from the daemon's.
        #expect(try opens("\(backup)/pools/blog", pool: "blog", with: [daemons]))
        #expect(try !opens("\(backup)/pools/blog", pool: "shop", with: [daemons]))

        // Without the key, the daemon refuses the pool by its name; with another, it refuses that as well.
        try FileManager.default.removeItem(atPath: own)
        let missing = try DaemonProcess.run(DaemonProcess.binary, bench.daemon.standardArguments + bench.arguments)
        #expect(missing.status == 1)
        #expect(missing.output.contains("pool shop: "), "\(missing.output)")
        #expect(missing.output.contains("shop.key"), "\(missing.output)")
        try bench.makeKey("shop.key")
        let other = try DaemonProcess.run(DaemonProcess.binary, bench.daemon.standardArguments + bench.arguments)
        #expect(other.status == 1)
        #expect(other.output.contains("pool shop: "), "\(other.output)")
        #expect(!FileManager.default.fileExists(atPath: bench.daemon.socket))

        // The other pools go on.
        let without = try bench.daemon.configure(
            "[server]\nsocket_mode = \"0666\"\nusers = [47111]\n[pools.blog]\nunix_groups = [48000]\n"
        )
        try bench.daemon.start(without)
        for user in [PoolBench.User.web, .blog] {
            #expect(try bench.client(user).read(alice).data == Array("secret".utf8))
        }
        #expect(try bench.greet(.shop).error == .refused)
    }

    @Test func poolGetsAKeyOfItsOwnWithTheDaemonsAsThePreviousOne() throws {
        let bench = try PoolBench()
        try bench.start()
        let alice = try session("alice")
        #expect(try bench.client(.shop).write("kept".utf8, to: alice, version: 0).version != nil)
        #expect(bench.daemon.stop() == 0)

        try bench.makeKey("shop.key")
        try PoolBench.configure(bench.daemon, Self.ownKey)
        let refused = try DaemonProcess.run(DaemonProcess.binary, bench.daemon.standardArguments + bench.arguments)
        #expect(refused.status == 1)
        #expect(refused.output.contains("pool shop: "), "\(refused.output)")

        try PoolBench.configure(bench.daemon, Self.ownKey + "[pools.shop.previous_key]\nfile = \"DIRECTORY/key\"\n")
        try bench.start()
        #expect(try bench.client(.shop).read(alice).data == Array("kept".utf8))
    }

    @Test func directoryOfAPoolThatIsNotConfiguredIsReportedAndLeftAlone() throws {
        let bench = try PoolBench()
        try bench.start()
        let alice = try session("alice")
        #expect(try bench.client(.shop).write("kept".utf8, to: alice, version: 0).version != nil)
        #expect(!bench.daemon.log.contains("not configured"))
        #expect(bench.daemon.stop() == 0)
        for pool in ["", "/shop", "/blog"] {
            let mode = try DaemonProcess.run(
                "/usr/bin/stat",
                ["-c", "%a", bench.daemon.stateDirectory + "/pools" + pool]
            )
            #expect(mode.output == "700\n", "\(pool)")
        }

        let without = try bench.daemon.configure("[server]\nsocket_mode = \"0666\"\n")
        try bench.daemon.start(without)
        #expect(bench.daemon.log.contains("a directory of a pool that is not configured"))
        #expect(bench.daemon.log.contains("directory=\(bench.stateDirectory(of: "shop"))"))
        #expect(try bench.greet(.shop).error == .refused)
        #expect(bench.daemon.stop() == 0)

        try PoolBench.configure(bench.daemon)
        try bench.start()
        #expect(try bench.client(.shop).read(alice).data == Array("kept".utf8))
    }

    @Test func storeThatCannotBeOpenedKeepsTheDaemonFromStartingAndIsNamed() throws {
        let bench = try PoolBench()
        try bench.start()
        _ = try bench.client(.blog)
        #expect(bench.daemon.stop() == 0)
        #expect(chmod(bench.stateDirectory(of: "blog"), 0o755) == 0)
        let refused = try DaemonProcess.run(DaemonProcess.binary, bench.daemon.standardArguments + bench.arguments)
        #expect(refused.status == 1)
        #expect(refused.output.contains("pool blog: "), "\(refused.output)")
        #expect(refused.output.contains("chmod 700"), "\(refused.output)")
    }

    @Test func checkShowsThePools() throws {
        let bench = try PoolBench(Self.ownKey)
        try bench.makeKey("shop.key")
        let arguments = bench.daemon.standardArguments + bench.arguments + ["--check"]
        let checked = try DaemonProcess.run(DaemonProcess.binary, arguments)
        #expect(checked.status == 0, "\(checked.output)")
        let lines = checked.output.split(separator: "\n")
        let file = bench.daemon.directory.path(of: "shop.key")
        let key = try key(file)
        #expect(
            lines.dropFirst(2) == [
                "pool shop: users: 47112; keys: \(key.id)",
                "pool shop: \(key) from file \(file), which seals",
                "pool blog: groups: 48000; keys: derived from the daemon's",
            ],
            "\(lines)"
        )

        let unknown = try bench.daemon.configure("[pools.x]\nunix_users = [\"no-such-user\"]\n")
        let refused = try DaemonProcess.run(
            DaemonProcess.binary,
            bench.daemon.standardArguments + unknown + ["--check"]
        )
        #expect(refused.status == 1)
        #expect(refused.output.contains("pools.x.unix_users: there is no user"), "\(refused.output)")
    }
}
