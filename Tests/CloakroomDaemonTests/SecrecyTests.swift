// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import Foundation
import Testing

/// What others can and cannot get at.
@Suite(.timeLimit(.minutes(10))) struct SecrecyTests {
    private static let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"]

    @Test func nothingReadableIsInTheStateDirectory() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        for number in 0..<1000 {
            let written = try client.write(
                "user|s:5:\"alice\";email|s:17:\"alice@example.org\";n|i:\(number);".utf8,
                to: try session("sessionid\(number)x"),
                version: 0
            )
            #expect(written.version != nil)
        }
        for phase in ["while it runs", "after it stopped"] {
            for secret in ["sessionid", "alice", "example.org", "PHPSESSID", "user|s"] {
                let found = try DaemonProcess.run("/usr/bin/grep", ["-raF", secret, daemon.stateDirectory])
                #expect(found.status == 1, "\(secret) is in the state directory \(phase)")
            }
            if phase == "while it runs" { #expect(daemon.stop() == 0) }
        }
    }

    @Test func damagedValueIsRefusedAndLogged() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let (alice, mallory) = (try session("alice"), try session("mallory"))
        let client = try daemon.client()
        _ = try client.write("contents of alice".utf8, to: alice, version: 0)
        _ = try client.write("contents of mallory".utf8, to: mallory, version: 0)
        #expect(daemon.stop() == 0)

        let store = try RocksDBStore(directory: daemon.stateDirectory, durability: .process)
        let entries = try store.expiryEntries(through: UnixTime(seconds: .max), limit: 10)
        #expect(entries.count == 2)
        var values: [(ExpiryEntry, StoredRecord)] = []
        for entry in entries { values.append((entry, try #require(try store.record(at: entry.address)))) }
        // Each gets the other's record.
        for (index, (entry, _)) in values.enumerated() {
            let other = values[1 - index].1
            try store.apply(
                RecordUpdate(
                    address: entry.address,
                    metadata: other.metadata,
                    body: other.body,
                    previousExpiry: entry.filing,
                    expiry: entry.filing
                )
            )
        }
        store.close()

        try daemon.start()
        let reader = try daemon.client()
        #expect(try reader.read(alice) == .absent(.unreadable))
        #expect(try reader.read(mallory) == .absent(.unreadable))
        #expect(daemon.log.contains("does not authenticate"))
    }

    @Test func anotherUserIsRefusedByTheSocketAndCanReadNothing() throws {
        let daemon = try DaemonProcess()
        let configuration = daemon.directory.path + "/cloakroom.toml"
        try "[server]\nsocket_mode = \"0666\"\nusers = []\n".write(
            toFile: configuration,
            atomically: true,
            encoding: .utf8
        )
        // Nothing but the daemon's own doing shall be in the other user's way.
        #expect(chmod(daemon.directory.path, 0o755) == 0)
        try daemon.start(["--config", configuration])

        let script = """
            import socket, sys
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sys.argv[1])
            try:
                connection.sendall(bytes([0, 0, 0, 7, 1, 0, 1, 0, 0, 0, 1]))
            except BrokenPipeError:
                pass
            print(connection.recv(4096))
            """
        let asked = try DaemonProcess.run(
            "/usr/bin/setpriv",
            Self.nobody + ["/usr/bin/python3", "-c", script, daemon.socket]
        )
        #expect(asked.output.contains("\\xff\\x00\\x0e\\x01"), "ERROR 14 is expected: \(asked.output)")
        #expect(asked.output.contains("user 65534 may not use this socket"))
        #expect(daemon.log.contains("uid=65534"))

        for path in [daemon.keyFile, daemon.stateDirectory + "/rocksdb/CURRENT", "/proc/\(daemon.pid)/mem"] {
            let read = try DaemonProcess.run("/usr/bin/setpriv", Self.nobody + ["/usr/bin/head", "-c1", path])
            #expect(read.status != 0, "\(path) can be read")
            #expect(read.output.contains("Permission denied"), "\(read.output)")
        }
        let modes = try DaemonProcess.run("/usr/bin/stat", ["-c", "%a", daemon.stateDirectory])
        #expect(modes.output == "700\n")
    }

    @Test func processIsNotDumpable() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        // The kernel gives the files of a process that is not dumpable to root (proc(5)); seen as root, the limit tells.
        let limits = try String(contentsOfFile: "/proc/\(daemon.pid)/limits", encoding: .utf8)
        let cores = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(cores.split(separator: " ").filter { $0 == "0" }.count == 2, "\(cores)")
        let status = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
        let locked = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        #expect(try #require(locked.split(separator: " ").compactMap { Int($0) }.first) >= 1024, "\(locked)")
    }
}
